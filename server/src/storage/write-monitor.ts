import type { CommandId } from '../domain/ids.ts';
import { wrapStore } from './instrumented-store.ts';
import { writeProbeKey } from './keys.ts';
import { type Store, StoreError } from './store.ts';

/** As large as a small command's writes: a disk without room for a loan may still have room for a few bytes. */
const PROBE_TEXT = 'x'.repeat(8192);
const PROBE_KEPT_MS = 60_000;
/** A health check must not wait longer for another process that holds the database. */
const PROBE_LOCK_WAIT_MS = 1000;

export interface WriteMonitorOptions {
  readonly newCommand: () => CommandId;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Called when commits begin to fail because the store is unavailable, with the error, and with undefined when one succeeds. */
  readonly onChange?: (error: StoreError | undefined) => void;
}

export interface WriteMonitor {
  /** The store, whose commits are monitored. */
  readonly store: Store;
  /** Resolves where the last commit succeeded; else tries one itself. @throws StoreError */
  requireWritable(): Promise<void>;
}

/** Knows from the last commit whether the store can be written, so that a health check needs no write while it can. */
export function monitorWrites(store: Store, { newCommand, clock, onChange = () => {} }: WriteMonitorOptions): WriteMonitor {
  let failure: StoreError | undefined;
  let isUnavailable = false;

  function note(error: StoreError | undefined): void {
    failure = error;
    if (isUnavailable === (error?.kind === 'unavailable')) return;
    isUnavailable = !isUnavailable;
    onChange(isUnavailable ? error : undefined);
  }

  const commit: Store['commit'] = async (...args) => {
    try {
      const result = await store.commit(...args);
      if (result.committed) note(undefined); // a version conflict writes nothing
      return result;
    } catch (error) {
      if (error instanceof StoreError) note(error);
      throw error;
    }
  };

  return {
    store: { ...wrapStore(store, (_verb, call) => call()), commit },
    async requireWritable() {
      if (failure === undefined) return;
      const command = newCommand();
      const probe = { key: writeProbeKey(command), expected: 0, data: PROBE_TEXT, expiresAt: clock() + PROBE_KEPT_MS };
      await commit(command, [probe], performance.now() + PROBE_LOCK_WAIT_MS);
    },
  };
}
