import { findImportQueueUrl } from '../config/config.ts';
import { makeLog } from '../telemetry/log.ts';
import { openLambdaBackground } from './background.ts';
import { importQueue } from './import-queue.ts';
import { scheduleHandler } from './schedule-handler.ts';

/* The entry of what time brings on AWS Lambda: invoked each minute. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });
const url = findImportQueueUrl();

export const handler = scheduleHandler({
  open: (onFault) => openLambdaBackground({ log, onFault }),
  queue: url === undefined ? undefined : importQueue({ url }),
  log,
  clock: Date.now,
});
