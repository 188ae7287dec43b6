import { readImportQueueUrl } from '../config/config.ts';
import { openLambdaBackground } from './background.ts';
import { functionLog } from './environment.ts';
import { importHandler } from './import-handler.ts';
import { importQueue } from './import-queue.ts';

/* The import worker on AWS Lambda, invoked for messages of the import queue. */

const log = functionLog();

export const handler = importHandler({
  open: () => openLambdaBackground(log),
  queue: importQueue({ url: readImportQueueUrl() }),
  log,
});
