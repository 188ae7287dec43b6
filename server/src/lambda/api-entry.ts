import { fileURLToPath } from 'node:url';
import { readConsolePage } from '../api/http/console/console-files.ts';
import { createApp } from '../composition/app.ts';
import { findImportQueueUrl, readFunctionConfig, readXRayHeader } from '../config/config.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { lambdaApi } from './api-handler.ts';
import { buildOnTable, functionLog } from './environment.ts';
import { importQueue } from './import-queue.ts';

/* The API on AWS Lambda. */

const log = functionLog();
const metrics = embeddedMetrics(Date.now);
const queueUrl = findImportQueueUrl();

/** Beside the bundle. CloudFront serves the files that the page loads. */
const CONSOLE_PAGE = fileURLToPath(new URL('./console.html', import.meta.url));

const { handler, opened } = lambdaApi({
  async open() {
    const config = readFunctionConfig();
    const page = await readConsolePage(CONSOLE_PAGE, config.mail.publicUrl);
    const console = page && { page, assets: new Map() };
    return buildOnTable(config.table, log, (store) => createApp({ config, store, log, metrics, console }));
  },
  queue: queueUrl === undefined ? undefined : importQueue({ url: queueUrl }),
  log,
  metrics,
  xRayHeader: readXRayHeader,
});

// The process may be frozen for hours between start and first request, which would break a pending database request.
await opened;

export { handler };
