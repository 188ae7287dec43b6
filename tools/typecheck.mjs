// Type-checks the repository: what runs on Node, and the console, which runs in browsers.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const project of ['tsconfig.json', 'console/tsconfig.json']) {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '--project', join(root, project)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
