import { spawnSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';
import { tempFolder } from './temp-store.ts';

/**
 * A folder on a file system of one megabyte. Skips the test where this machine can't mount one, and says so on stderr.
 */
export function tinyDisk(context: TestContext): string {
  const folder = tempFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'lending-test', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    const reason = `NOT TESTED: a full disk. Mounting a small file system takes Linux and root: ${mounted.error?.message ?? mounted.stderr.trim()}`;
    process.stderr.write(`${reason}\n`); // the reporter only counts it
    context.skip(reason);
  }
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}
