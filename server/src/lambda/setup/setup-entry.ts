import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { readBackgroundConfig } from '../../config/config.ts';
import { loadStoreSecrets } from '../../storage/store-secrets.ts';
import { buildOnTable, functionLog } from '../environment.ts';
import { setupHandler } from './setup-handler.ts';

/* The custom resources of a deployment: the secret of a new table, which no other function may write, and the console's files. */

/** The permissions of a new role take some seconds until they apply. */
const RETRY_MS = 40_000;

/** Beside the bundle. */
const CONSOLE_ASSETS = fileURLToPath(new URL('./assets/', import.meta.url));

const consoleFilesProperties = z.object({ Bucket: z.string().min(1) });

const log = functionLog();

export const handler = setupHandler({
  resources: {
    'Custom::StoreSecret': {
      subject: 'the table',
      async prepare() {
        const { table } = readBackgroundConfig();
        const store = await buildOnTable(table, log, async (opened) => loadStoreSecrets(opened).then(() => opened), RETRY_MS);
        await store.close();
      },
    },
    'Custom::ConsoleFiles': {
      subject: 'the console’s files',
      async prepare(properties) {
        const { Bucket: bucket } = consoleFilesProperties.parse(properties);
        const { uploadConsole } = await import('./console-upload.ts');
        await uploadConsole({ folder: CONSOLE_ASSETS, bucket });
      },
    },
  },
  log,
});
