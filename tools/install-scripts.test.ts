import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = path.resolve(import.meta.dirname, '..');
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional(), gypfile: z.boolean().optional() })),
});

it.each([
  // It checks its binary, and links it in place of a script.
  ['package-lock.json', ['node_modules/esbuild']],
  ['tools/typescript-versions/package-lock.json', []],
  ['bench/peers/package-lock.json', []],
  ['risk/real-lists/package-lock.json', []],
])('%s has no package with an install script, which `npm ci` would run, except %j', (file, known) => {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')));
  const names = Object.keys(packages).filter((name) => packages[name]?.hasInstallScript);
  expect(names).toEqual(known);
});

it('an install by hand compiles nothing: better-sqlite3 has its binaries in the package', () => {
  const { allowScripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(allowScripts).toEqual({ 'better-sqlite3': false, esbuild: false }); // npm from 11.19
  // Earlier versions read this from the lock file, and `npm install` drops it: what is committed counts.
  const committed = execFileSync('git', ['show', 'HEAD:package-lock.json'], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const { packages } = lockFile.parse(JSON.parse(committed.toString()));
  expect(packages['node_modules/better-sqlite3']?.gypfile, 'add "gypfile": false to better-sqlite3 in package-lock.json').toBe(
    false,
  );
});
