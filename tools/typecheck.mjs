// Type-checks the repository: what runs on Node, and the console, which runs in browsers. What the benchmarks compare with is
// checked where its libraries are installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const peers = existsSync(join(root, 'bench/peers/node_modules')) ? ['bench/peers/tsconfig.json'] : [];

for (const project of ['tsconfig.json', 'console/tsconfig.json', ...peers]) {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '--project', join(root, project)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
