import { readImportQueueUrl } from '../config/config.ts';
import { makeLog } from '../telemetry/log.ts';
import { openLambdaBackground } from './background.ts';
import { importHandler } from './import-handler.ts';
import { importQueue } from './import-queue.ts';

/* The entry of what takes the steps of imports on AWS Lambda: invoked for each message of their queue. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });

export const handler = importHandler({
  open: (onFault) => openLambdaBackground({ log, onFault }),
  queue: importQueue({ url: readImportQueueUrl() }),
  log,
});
