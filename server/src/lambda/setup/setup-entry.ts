import { readBackgroundConfig } from '../../config/config.ts';
import { loadStoreSecrets } from '../../storage/store-secrets.ts';
import { buildOnTable, functionLog } from '../environment.ts';
import { setupHandler } from './setup-handler.ts';

/* The custom resource that creates the secret of a new table: the only function that may write it. */

/** The permissions of a new role take some seconds until they apply. */
const RETRY_MS = 40_000;

const log = functionLog();

export const handler = setupHandler({
  async prepare() {
    const { table } = readBackgroundConfig();
    const store = await buildOnTable(table, log, async (opened) => loadStoreSecrets(opened).then(() => opened), RETRY_MS);
    await store.close();
  },
  log,
});
