import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CRUISER = fileURLToPath(new URL('../../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url));
const FOLDERS = ['server/src', 'client/src', 'console/src', 'locale/src', 'infra'];
const TESTS = /\.test\.tsx?$|\/(?:testing|contract)\//;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** The files that each product file imports, types included: paths from the root, with slashes. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of all product files, as dependency-cruiser finds them. */
export async function readImports(): Promise<Imports> {
  const args = [CRUISER, ...FOLDERS, '--include-only', `^(${FOLDERS.join('|')})/`, '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: OUTPUT_BYTES_MAX });
  const { modules } = JSON.parse(stdout) as { modules: { source: string; dependencies: { resolved: string }[] }[] };
  return new Map(
    modules
      .filter(({ source }) => !TESTS.test(source))
      .map(({ source, dependencies }) => [source, dependencies.map(({ resolved }) => resolved).filter((to) => !TESTS.test(to))]),
  );
}

/** Which folder imports which: the folders of server/src, `client`, `console`, `locale` and `infra`. */
export function folderImports(imports: Imports): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const folder = folderOf(file);
    const imported = folders.get(folder) ?? new Set();
    folders.set(folder, imported);
    for (const target of targets) if (folderOf(target) !== folder) imported.add(folderOf(target));
  }
  return folders;
}

/** All files that a file imports, directly or not, itself included. */
export function reachableFrom(file: string, imports: Imports): Set<string> {
  const reached = new Set([file]);
  // A set that grows while it is iterated over visits what is added.
  for (const each of reached) for (const target of imports.get(each) ?? []) reached.add(target);
  return reached;
}

function folderOf(file: string): string {
  const [first = '', , third = ''] = file.split('/');
  return first === 'server' ? third : first;
}
