import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Sorts the test files into vitest projects by what they need from the machine, so that a run sets up only that. A test file
 * needs what it uses itself or through its imports. It declares nothing, and it can be moved freely.
 */

/** What a file's text contains if the file uses it. */
const NEEDS = {
  dynamoDb: /\binject\('dynamoDbEndpoint'\)/,
  build: /'(?:\.\.\/)+dist\//,
  browser: /\binject\('chromium'\)/,
  disk: /\bmkdtemp(?:Sync)?\(/,
} as const;

const FOLDERS = ['server/src', 'server/test', 'client/src', 'locale/src', 'console/src', 'e2e', 'infra', 'bench', 'risk', 'tools'];
const RELATIVE_IMPORT = /\b(?:from|import)[\s(]*'(\.[^']+)'/g;

export const PROJECT_NAMES = ['unit', 'disk', 'infra', 'dynamodb', 'e2e'] as const;
type ProjectName = (typeof PROJECT_NAMES)[number];

/** @returns the test files of each project: paths from the root, with slashes */
export function sortTestFiles(root: string): Readonly<Record<ProjectName, readonly string[]>> {
  const needsOf = needsReader(root);
  const sorted: Record<ProjectName, string[]> = { unit: [], disk: [], infra: [], dynamodb: [], e2e: [] };
  for (const file of FOLDERS.flatMap((folder) => testFilesIn(root, folder))) sorted[projectOf(file, needsOf(file))].push(file);
  return sorted;
}

function projectOf(file: string, needs: ReadonlySet<string>): ProjectName {
  if (file.startsWith('infra/')) return 'infra';
  if (file.startsWith('e2e/') || needs.has('build') || needs.has('browser')) return 'e2e';
  if (needs.has('dynamoDb')) return 'dynamodb';
  return needs.has('disk') ? 'disk' : 'unit';
}

function testFilesIn(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFilesIn(root, file);
    return file.endsWith('.test.ts') ? [file] : [];
  });
}

/** Reads each file once. */
function needsReader(root: string): (file: string) => ReadonlySet<string> {
  const read = new Map<string, { readonly needs: readonly string[]; readonly imports: readonly string[] }>();
  const readFile = (file: string) => {
    const known = read.get(file);
    if (known) return known;
    const text = readFileSync(path.join(root, file), 'utf8');
    const needs = Object.entries(NEEDS).flatMap(([need, sign]) => (sign.test(text) ? [need] : []));
    const imports = [...text.matchAll(RELATIVE_IMPORT)]
      .map(([, imported = '']) => path.posix.join(path.posix.dirname(file), imported))
      .filter((imported) => imported.endsWith('.ts') && existsSync(path.join(root, imported)));
    const found = { needs, imports };
    read.set(file, found);
    return found;
  };
  return (file) => {
    const reached = new Set([file]);
    // A set that grows while it is iterated over visits what is added.
    for (const each of reached) for (const imported of readFile(each).imports) reached.add(imported);
    return new Set([...reached].flatMap((each) => readFile(each).needs));
  };
}
