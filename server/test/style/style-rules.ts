import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/* The rules of style that a machine can judge. Each takes all sources and tells what breaks it: where, and what to do. */

export interface Source {
  /** From the repository's root, with slashes. */
  readonly file: string;
  readonly tree: ts.SourceFile;
}

export type Rule = (sources: readonly Source[]) => string[];

export const FUNCTION_LINES = { p90: 40, max: 70 } as const;
export const FILE_LINES = { p90: 250, max: 400 } as const;

const SOURCE = /\.(?:ts|tsx|mts|js|mjs)$/;
/** What others wrote, what is made from our sources, and what runs leave behind. */
const NOT_OURS = /^(?:node_modules|dist|data|coverage|cdk\.out|reference|docs|\..*)$|\.generated\.ts$|\.d\.ts$/;
/** It asks whether the run is of those where nothing may be skipped. */
const TEST_RUN_FILE = 'e2e/dynamodb.ts';
const KEYS_FILE = 'server/src/storage/keys.ts';
/** A package's users see one file, so that the others can be moved. */
const PACKAGE_ENTRIES = new Set(['client/src/index.ts']);

export function sourcesIn(root: string, within = ''): Source[] {
  return readdirSync(path.join(root, within), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(within, entry.name);
    if (NOT_OURS.test(entry.name)) return [];
    if (entry.isDirectory()) return sourcesIn(root, file);
    return SOURCE.test(file) ? [sourceOf(file, readFileSync(path.join(root, file), 'utf8'))] : [];
  });
}

export function sourceOf(file: string, text: string): Source {
  return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
}

export function isTest(file: string): boolean {
  return /\.test\.tsx?$|^server\/src\/testing\/|^e2e\//.test(file);
}

/** A complaint as an editor's terminal can follow it. */
export function complaint({ file, tree }: Source, node: ts.Node, text: string): string {
  return `${file}:${lineOf(tree, node.getStart(tree))} ${text}`;
}

function* nodesIn(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesIn(child);
}

export const noDefaultExport: Rule = (sources) =>
  everyNode(sources, ({ file }, node) => {
    if (/\.config\.ts$/.test(file)) return undefined; // tools ask for it there
    const isDefault =
      (ts.isExportAssignment(node) && !node.isExportEquals) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default') ||
      node.kind === ts.SyntaxKind.DefaultKeyword;
    return isDefault ? 'exports a default. Export it by its name.' : undefined;
  });

/** A test may look freely into what it got, where it says so. */
export const noAny: Rule = (sources) =>
  everyNode(sources, ({ file, tree }, node) => {
    if (node.kind !== ts.SyntaxKind.AnyKeyword) return undefined;
    const line = lineOf(tree, node.getStart(tree));
    const before = tree.text.split('\n')[line - 2] ?? '';
    if (isTest(file) && before.includes('biome-ignore lint/suspicious/noExplicitAny:')) return undefined;
    return 'says any. Say what it is, or unknown and find out.';
  });

export const settingsInOnePlace: Rule = (sources) =>
  everyNode(sources, ({ file }, node) => {
    if (file === 'server/src/config.ts' || file === TEST_RUN_FILE || file.startsWith('tools/')) return undefined;
    const isAccess = ts.isPropertyAccessExpression(node) && node.expression.getText() === 'process' && node.name.text === 'env';
    const isElement = ts.isElementAccessExpression(node) && /^process\[.env.\]$/.test(node.getText());
    const isImport = ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
    return isAccess || isElement || isImport ? 'reads the environment. Take the setting from config.ts.' : undefined;
  });

export const keysInOnePlace: Rule = (sources) => {
  const keys = sources.find(({ file }) => file === KEYS_FILE);
  const words = new Set([...(keys ? nodesIn(keys.tree) : [])].flatMap((node) => /^(\w+)#/.exec(textOf(node))?.[1] ?? []));
  const spelled = new RegExp(`(?<![\\w-])(?:${[...words].join('|')})#`);
  return everyNode(sources, ({ file }, node) => {
    if (words.size === 0 || file === KEYS_FILE || file === KEYS_FILE.replace('.ts', '.test.ts')) return undefined;
    return spelled.test(textOf(node)) ? 'spells a key of the store. Take it from storage/keys.ts.' : undefined;
  });
};

export const noFileThatOnlyPassesOn: Rule = (sources) =>
  sources.flatMap((source) => {
    if (PACKAGE_ENTRIES.has(source.file)) return [];
    const { statements } = source.tree;
    const passesOn = statements.some(ts.isExportDeclaration);
    const doesMore = statements.some((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement));
    const [first] = statements;
    if (!first || !passesOn || doesMore) return [];
    return [complaint(source, first, 'only passes on what others export. Import it from where it is made, and drop this file.')];
  });

export const filesAreShort: Rule = (sources) => {
  const sized = sources.map(({ file, tree }) => ({ where: `${file}:1`, lines: tree.text.trimEnd().split('\n').length }));
  return tooLong(sized, FILE_LINES, 'file', 'Split it by what it is about.');
};

export const functionsAreShort: Rule = (sources) => {
  const sized = sources.flatMap((source) =>
    [...nodesIn(source.tree)].filter(isCounted).map((node) => {
      const lines = source.tree.text.slice(node.getStart(source.tree), node.getEnd()).split('\n').length;
      return { where: complaint(source, node, nameOf(node)), lines };
    }),
  );
  return tooLong(sized, FUNCTION_LINES, 'function', 'Give a part of it a name of its own.');
};

interface Sized {
  readonly where: string;
  readonly lines: number;
}

function tooLong(sized: readonly Sized[], { p90, max }: typeof FILE_LINES | typeof FUNCTION_LINES, kind: string, advice: string) {
  const longest = [...sized].sort((a, b) => b.lines - a.lines);
  const over = longest.filter(({ lines }) => lines > max);
  const tenth = longest[Math.floor(longest.length / 10)];
  const overP90 = tenth && tenth.lines > p90 ? longest.filter(({ lines }) => lines > p90 && lines <= max) : [];
  return [
    ...over.map(({ where, lines }) => `${where} is a ${kind} of ${lines} lines; ${max} is the most. ${advice}`),
    ...overP90.map(({ where, lines }) => `${where} is one of too many ${kind}s over ${p90} lines: it has ${lines}. ${advice}`),
  ];
}

/** Functions with a body of statements, or longer than a line; a describe's callback is a table of contents. */
function isCounted(node: ts.Node): boolean {
  if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return false;
  const isContents = ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
  return !isContents && (ts.isArrowFunction(node) ? ts.isBlock(node.body) || /\n/.test(node.getText()) : true);
}

function nameOf(node: ts.Node): string {
  const name = [node, node.parent].map((candidate) => ('name' in candidate ? Object(candidate.name).text : undefined));
  return name.find((text) => typeof text === 'string') ?? 'a function';
}

function everyNode(sources: readonly Source[], judge: (source: Source, node: ts.Node) => string | undefined): string[] {
  return sources.flatMap((source) =>
    [...nodesIn(source.tree)].flatMap((node) => {
      const text = judge(source, node);
      return text === undefined ? [] : [complaint(source, node, text)];
    }),
  );
}

/** The text of a literal, or of a part of a template. */
function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) ? node.text : '';
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}
