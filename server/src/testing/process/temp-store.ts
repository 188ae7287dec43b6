import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { openSqlite, type SqliteOptions } from '../../storage/sqlite/sqlite-store.ts';
import type { Put, Store } from '../../storage/store.ts';

/* Shared by tests of stores. Everything created here is removed when its test has finished. */

export function put(sort: string, data: unknown, more: Partial<Put> = {}): Put {
  return { key: { partition: 'things', sort }, expected: 0, data, ...more };
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lending-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function tempFile(name = 'lending.db'): string {
  return join(tempFolder(), name);
}

/** Opens a store that is closed when the test has finished, if not before. */
export function openedSqlite(path: string, options: SqliteOptions = {}): Store {
  const store = openSqlite(path, options);
  onTestFinished(() => store.close());
  return store;
}

const SCRIPT = fileURLToPath(new URL('./store-process.ts', import.meta.url));
const FLAGS = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/** Starts a task of `store-process.ts` on the store at `path`. */
export function otherProcess(task: 'count' | 'hold' | 'note' | 'open' | 'transfer', path: string) {
  const child = spawn(process.execPath, [...FLAGS, SCRIPT, task, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(() => {});
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  onTestFinished(kill);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => void lines.push(line));
  return {
    /** Printed so far. */
    lines,
    ended,
    kill,
    /** Waits for a line with this beginning. @throws after the timeout */
    waitForLine: (beginning: string, timeout = 15_000) =>
      vi.waitUntil(() => lines.find((line) => line.startsWith(beginning)), { timeout, interval: 2 }),
    /** Lets it continue, or end. */
    release: () => void child.stdin.end(),
  };
}
