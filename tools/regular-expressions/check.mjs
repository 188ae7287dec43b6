// Fails for a regular expression of the product whose time can grow faster than the text it is applied to.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import recheck from 'recheck/lib/browser.js';
import ts from 'typescript';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FOLDERS = ['server/src', 'server/bin', 'client/src', 'locale/src', 'console', 'infra', 'tools'];
const NOT_PRODUCT = /^(?:node_modules|dist|cdk\.out|testing)$|\.test\.tsx?$|\.d\.ts$/;
/** No limits of time and one seed, so that the result is the same on every machine. */
const PARAMETERS = { randomSeed: 1, timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null };

/** Expressions whose result is known: a check that finds nothing wrong with the first three is broken. */
const KNOWN = [
  { source: '^(a+)+$', flags: '', isSlow: true },
  { source: '\\S[^\\r\\n]*[\\r\\n]', flags: '', isSlow: true },
  { source: '"(?:[^"\\\\]|\\\\.)*"', flags: 'g', isSlow: true },
  { source: '^[a-z]+(?:\\.[a-z]+)*$', flags: 'u', isSlow: false },
];

const sites = FOLDERS.flatMap(filesIn).flatMap(expressionsIn);
const built = await sitesBuiltAtImport(sites.filter(({ isBuilt }) => isBuilt));
const problems = [...sites.filter(({ isBuilt }) => !isBuilt), ...built].flatMap(problemsOf);
for (const { source, flags, isSlow } of KNOWN)
  if ((slownessOf(source, flags) !== undefined) !== isSlow) problems.push(`The check itself is wrong about /${source}/${flags}.`);

for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`Checked ${sites.length} regular expressions. No one is slow.\n`);

/** Files of the product, as paths from the root, with slashes. */
function filesIn(folder) {
  return readFolder(folder).flatMap((entry) => {
    const file = posix.join(folder, entry.name);
    if (NOT_PRODUCT.test(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(file);
    return /\.(?:tsx?|mjs)$/.test(file) ? [file] : [];
  });
}

function readFolder(folder) {
  try {
    return readdirSync(join(ROOT, folder), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Literals with their source and flags, and calls of `RegExp`, which are built while the program runs. */
function expressionsIn(file) {
  const tree = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const line = () => tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ file, line: line(), isBuilt: false, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') {
      found.push({ file, line: line(), isBuilt: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Imports the modules that build expressions, and returns the places with the sources that they were called with. */
async function sitesBuiltAtImport(places) {
  const calls = new Map();
  const root = pathToFileURL(ROOT).href;
  const record = (source, flags = '') => {
    const frame = new Error().stack.split('\n').find((line) => line.includes(root) && !line.includes(import.meta.url)) ?? '';
    const [file, line] = frame.slice(frame.indexOf(root) + root.length + 1).split(':');
    calls.set(`${file}:${line}`, { source: String(source), flags });
  };
  const NativeRegExp = globalThis.RegExp;
  globalThis.RegExp = new Proxy(NativeRegExp, {
    construct(target, args) {
      record(...args);
      return new target(...args);
    },
    apply(target, _, args) {
      record(...args);
      return target(...args);
    },
  });
  for (const file of new Set(places.map((place) => place.file))) await import(pathToFileURL(join(ROOT, file)).href);
  globalThis.RegExp = NativeRegExp;
  return places.map((place) => ({ ...place, ...calls.get(`${place.file}:${place.line}`) }));
}

function problemsOf({ file, line, source, flags }) {
  if (source === undefined)
    return [`${file}:${line}: build this regular expression in a constant of the module, so that it can be checked.`];
  const slowness = slownessOf(source, flags);
  return slowness === undefined ? [] : [`${file}:${line}: /${source}/${flags} ${slowness}`];
}

/** @returns what is wrong with an expression; undefined where its time is linear */
function slownessOf(source, flags) {
  const { status, complexity, attack, error } = recheck.checkSync(source, flags, PARAMETERS);
  if (status === 'safe') return undefined;
  if (status === 'unknown') return `can not be checked (${error.kind}): write a simpler one.`;
  return `takes ${complexity.summary} time, with ${attack.pattern}.`;
}
