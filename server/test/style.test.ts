import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

/* The rules of style that Biome, dependency-cruiser and knip cannot check. `npm run lint` has the others. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = ['server', 'client', 'console', 'locale', 'infra', 'bench', 'e2e', 'tools'];
const KEYS_FILES = ['keys', 'key-prefixes', 'item-kinds', 'index-keys'].map((name) => `server/src/storage/${name}.ts`);

interface Sized {
  readonly place: string;
  readonly lines: number;
}

const sources = filesIn('').map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
const product = sources.filter(
  ({ file }) => /^(server\/src|client\/src|console\/src|locale\/src|infra|bench)\//.test(file) && !/\.test\.ts$/.test(file),
);

it('nine files of ten have at most 250 lines', () => {
  const files = sources.map(({ file, text }) => ({ place: file, lines: linesOf(text.trimEnd()) }));
  expect(overP90(files, 250)).toEqual([]);
});

it('nine functions of ten have at most 40 lines, and none has more than 70', () => {
  const functions = sources.flatMap(({ file, text }) => functionsIn(file, text));
  expect(functions.filter(({ lines }) => lines > 70)).toEqual([]);
  expect(overP90(functions, 40)).toEqual([]);
});

it('no folder has more than 18 product files', () => {
  const folders = Map.groupBy(product, ({ file }) => path.dirname(file));
  expect([...folders].filter(([, files]) => files.length > 18).map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

it('only the files of keys in storage spell the keys of the store', () => {
  const [keyFiles = [], others = []] = [true, false].map((isKeys) =>
    sources.filter(({ file }) => KEYS_FILES.includes(file) === isKeys),
  );
  const kinds = new Set(keyFiles.flatMap(({ text }) => [...text.matchAll(/['`]([\w-]+)#/g)].map(([, kind]) => kind)));
  expect([...kinds]).toEqual(expect.arrayContaining(['loan', 'lender', 'mail', 'borrower', 'address']));
  const key = new RegExp(`['"\`](?:${[...kinds].join('|')})#`);
  expect(others.filter(({ text }) => key.test(text)).map(({ file }) => file)).toEqual([]);
});

it('the build has an entry for every thread', () => {
  const threads = product.map(({ file }) => file).filter((file) => file.endsWith('-thread.ts'));
  const build = sources.find(({ file }) => file === 'tools/build.mjs')?.text ?? '';
  expect(threads.length).toBeGreaterThan(2);
  expect(threads.filter((file) => !build.includes(`'sqlite-${path.basename(file, '.ts')}': '${file}'`))).toEqual([]);
});

it('product code is written in plain English', () => {
  const words = product.flatMap(({ file, text }) =>
    (text.match(/whoever|\b(?:lest|told|anew)\b/gi) ?? []).map((word) => `${file}: ${word}`),
  );
  expect(words).toEqual([]);
});

/** Source files that are written by hand, as paths from the root, with slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return isSourceFolder(file) ? filesIn(file) : [];
    return folder !== '' && /\.(?:tsx?|mjs)$/.test(file) && !/\.(?:generated|d)\.ts$/.test(file) ? [file] : [];
  });
}

function isSourceFolder(folder: string): boolean {
  return FOLDERS.includes(folder) || (folder.includes('/') && !/\/(?:node_modules|dist|cdk\.out)$/.test(folder));
}

/** Functions with a body of statements or of several lines. A describe's callback is not one: it only lists tests. */
function functionsIn(file: string, text: string): Sized[] {
  const found: Sized[] = [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isDescribeCallback(node)) {
      const lines = linesOf(node.getText());
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (lines > 1 || !ts.isArrowFunction(node) || ts.isBlock(node.body)) found.push({ place: `${file}:${line}`, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isDescribeCallback({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && /^describe\b/.test(parent.expression.getText());
}

/** @returns everything over the limit if that is more than a tenth of all, else nothing */
function overP90(sized: readonly Sized[], limit: number): readonly Sized[] {
  const over = sized.filter(({ lines }) => lines > limit);
  return over.length * 10 > sized.length ? over : [];
}

function linesOf(text: string): number {
  return text.split('\n').length;
}
