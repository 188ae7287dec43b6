import { type App, createApp, fetchFrom } from '../composition/app.ts';
import { startImportWorker } from '../composition/import-worker.ts';
import { openStore, RETRY_MS } from '../composition/open-store.ts';
import { readConfig } from '../config/config.ts';
import { canContinue } from '../domain/imports/lender-import.ts';
import { ClockCheck } from '../storage/due-items.ts';
import { retryAtStart } from '../storage/retry-at-start.ts';
import { makeLog } from '../telemetry/log.ts';
import { findDueImports } from '../usecases/imports/find-due-imports.ts';
import { IMPORT_AHEAD_MS_MAX, runImportStep } from '../usecases/imports/run-import-step.ts';

/** Opens STORE, calls `work` with the `fetch` of an app on it, and closes the store. */
export async function withAppOnStore<Result>(work: (fetch: typeof globalThis.fetch) => Promise<Result>): Promise<Result> {
  const config = readConfig();
  const store = await openStore(config.store, { mustExist: true });
  try {
    // Without log lines: the command prints the one response.
    const log = makeLog({ write() {} });
    const app = await retryAtStart(() => createApp({ config, store, log }), { forMs: RETRY_MS });
    const stopImports = startImports(app);
    try {
      return await work(fetchFrom(app));
    } finally {
      await stopImports();
      await app.contacts.flush(() => {}); // recorded at a later request of the user
    }
  } finally {
    await store.close();
  }
}

/** Runs imports in this process, as there may be no server. */
function startImports({ services }: App): () => Promise<void> {
  const clockCheck = new ClockCheck(IMPORT_AHEAD_MS_MAX);
  return startImportWorker({
    ...services,
    async advance(importId) {
      const step = await runImportStep(services, importId);
      return step !== undefined && canContinue(step.job);
    },
    findDue: (onDue) => findDueImports(services, clockCheck, onDue),
    onError: () => {}, // the step is found again and retried
  });
}
