import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { oncePerRun } from './once.ts';

/** End-to-end tests run what is shipped, so the current sources are built before the first of them. */
export function setup(): void {
  oncePerRun('build', () => {
    execFileSync(process.execPath, [fileURLToPath(new URL('../tools/build.mjs', import.meta.url))], { stdio: 'inherit' });
    return true;
  });
}
