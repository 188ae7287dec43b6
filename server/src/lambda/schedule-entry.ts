import { findImportQueueUrl } from '../config/config.ts';
import { openLambdaBackground } from './background.ts';
import { functionLog } from './environment.ts';
import { importQueue } from './import-queue.ts';
import { scheduleHandler } from './schedule-handler.ts';

/* The scheduled background work on AWS Lambda, invoked every minute. */

const log = functionLog();
const url = findImportQueueUrl();

export const handler = scheduleHandler({
  open: () => openLambdaBackground(log),
  queue: url === undefined ? undefined : importQueue({ url }),
  log,
  clock: Date.now,
});
