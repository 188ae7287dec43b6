import path from 'node:path';
import ts from 'typescript';
import { complaint, isTest, type Rule, type Source } from './style-rules.ts';

/* Who may import whom, as the design has it. */

interface Import {
  readonly node: ts.Node;
  /** From the repository's root, like the files of sources. */
  readonly target: string;
  /** What is taken as a value rather than as a type; `*` for all. */
  readonly values: readonly string[];
}

const BELOW_DOORS = ['domain', 'storage', 'usecases', 'telemetry', 'installation'];

/** Besides itself. A room that is not named may import all but the entries and what is for tests. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  storage: ['domain'],
  usecases: ['domain', 'storage'],
  telemetry: BELOW_DOORS,
  authenticator: BELOW_DOORS,
  handlers: [...BELOW_DOORS, 'mail'],
  mail: ['domain'],
  client: [],
  console: ['client'],
};

const MAY_IMPORT_ALL = new Set(['main', 'testing', 'bench', 'e2e', 'tools']);
const FOR_ENTRIES_AND_TESTS = new Set(['main', 'testing']);
const CLIENT = { name: '@private-lending/client', entry: 'client/src/index.ts' } as const;
/** Who may be a client of the server: what runs beside it, not what it is made of. */
const MAY_CALL = new Set(['console', ...MAY_IMPORT_ALL]);

export const directions: Rule = (sources) =>
  sources
    .filter(({ file }) => !isTest(file) && !MAY_IMPORT_ALL.has(roomOf(file)))
    .flatMap((source) =>
      importsOf(source).flatMap((imported) => {
        const objection = objectionTo(source.file, imported);
        return objection === undefined ? [] : [complaint(source, imported.node, `imports ${imported.target}. ${objection}`)];
      }),
    );

/** Types count too: a circle of types is as hard to read as one of values. */
export const noCircles: Rule = (sources) => {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const done = new Set<string>();
  const found: string[] = [];

  function follow(source: Source, trail: readonly string[]): void {
    for (const { node, target } of importsOf(source)) {
      const next = byFile.get(target);
      const start = trail.indexOf(target);
      if (start >= 0) {
        const circle = [...trail.slice(start), target].map((file) => path.posix.basename(file)).join(' → ');
        found.push(complaint(source, node, `closes a circle of imports: ${circle}. Move what both need to a file below them.`));
      } else if (next && !done.has(target)) follow(next, [...trail, target]);
    }
    done.add(source.file);
  }

  for (const source of sources) if (!done.has(source.file)) follow(source, [source.file]);
  return found;
};

/** `server/src/domain/loan.ts` stands in `domain`, `server/src/app.ts` in `app`, what is not the server's in its folder. */
function roomOf(file: string): string {
  const [, room = ''] = /^(?:server\/src\/)?([^/.]+)/.exec(file) ?? [];
  return room;
}

function objectionTo(file: string, { target, values }: Import): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return undefined;
  if (from === 'infra') return objectionToInfra(target, values);
  const allowed = MAY_IMPORT[from];
  if (allowed && !allowed.includes(to))
    return `${from} may import ${allowed.join(', ') || 'nothing of ours'}: turn the dependency round.`;
  if (to === 'client' && !MAY_CALL.has(from)) return 'Only entries, tests and what stands beside the server import the client.';
  if (FOR_ENTRIES_AND_TESTS.has(to)) return `Only entries and tests import ${to}: move what is needed to a room below.`;
  if (from === 'storage' && values.length > 0 && !isReadingIdsBack(file, target))
    return `Storage takes only types from the domain, not ${values.join(', ')}: leave the decision to whoever calls.`;
  if (from === 'usecases' && to === 'storage') return objectionToStorage(target, values);
  return undefined;
}

/** Use cases know the port and the keys, never an engine. */
function objectionToStorage(target: string, values: readonly string[]): string | undefined {
  if (target === 'server/src/storage/keys.ts') return undefined;
  if (target !== 'server/src/storage/store.ts') return 'Use cases know the Store and the keys only, not what is behind them.';
  const foreign = values.filter((name) => name !== 'StoreError');
  return foreign.length > 0 ? `Use cases take types and StoreError from the store, not ${foreign.join(', ')}.` : undefined;
}

/** The stack deploys what was built: of the sources it knows how the table is laid out, and types. */
function objectionToInfra(target: string, values: readonly string[]): string | undefined {
  const known = ['server/src/storage/dynamodb/layout.ts', 'server/src/storage/keys.ts'];
  if (values.length === 0 || known.includes(target)) return undefined;
  return `The stack takes the table's layout, its keys and types, not ${values.join(', ')}: the program runs elsewhere.`;
}

/** A key holds ids as text; only the domain knows what text is an id. */
function isReadingIdsBack(file: string, target: string): boolean {
  return file === 'server/src/storage/keys.ts' && target === 'server/src/domain/ids.ts';
}

function importsOf({ file, tree }: Source): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, values: readonly string[]) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    if (specifier.text === CLIENT.name) found.push({ node, target: CLIENT.entry, values });
    else if (specifier.text.startsWith('.'))
      found.push({ node, target: path.posix.join(path.posix.dirname(file), specifier.text), values });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, valuesOf(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly ? [] : ['*']);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0], ['*']);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, []);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function valuesOf(clause: ts.ImportClause | undefined): string[] {
  if (!clause) return ['*']; // for its effects
  if (clause.isTypeOnly) return [];
  const { name, namedBindings } = clause;
  if (name || !namedBindings || ts.isNamespaceImport(namedBindings)) return ['*'];
  return namedBindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}
