import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = path.resolve(import.meta.dirname, '..');
const lockFile = z.object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) });

it.each([
  // It checks its binary, and links it in place of a script.
  ['package-lock.json', ['node_modules/esbuild']],
  ['tools/typescript-versions/package-lock.json', []],
])('%s has no package with an install script, which `npm ci` would run, except %j', (file, known) => {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')));
  const names = Object.keys(packages).filter((name) => packages[name]?.hasInstallScript);
  expect(names).toEqual(known);
});
