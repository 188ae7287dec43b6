// Runs every static check except the type checker. Arguments go to Biome: `npm run lint -- --write` fixes what Biome can.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const checks = [
  ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...process.argv.slice(2)],
  ['dependency-cruiser/bin/dependency-cruiser.mjs', '.', '--output-type', 'err-long'],
  ['knip/bin/knip.js'],
  // Without tests: finds exports that only tests use. Those worth keeping are tagged @internal.
  ['knip/bin/knip.js', '--production', '--include', 'exports'],
];

for (const [file, ...args] of checks) run(join(root, 'node_modules', file), ...args);
run('--experimental-strip-types', '--disable-warning=ExperimentalWarning', join(root, 'tools/regular-expressions/check.mjs'));

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
