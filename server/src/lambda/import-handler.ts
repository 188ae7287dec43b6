import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Background } from '../composition/background.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import type { Log } from '../telemetry/log.ts';
import { type ImportQueue, importIdIn } from './import-queue.ts';
import { deadlineSignal, type Invocation } from './invocation.ts';

export interface ImportHandlerOptions {
  readonly open: () => Promise<ImportWork>;
  /** For imports that time runs out for. */
  readonly queue: ImportQueue;
  readonly log: Log;
}

type ImportWork = Pick<Background, 'advanceImport'>;

type ImportHandler = (event: SQSEvent, invocation: Invocation) => Promise<SQSBatchResponse>;

/**
 * Runs the imports that messages name, until no step is due or time runs out; then a new message continues the import. A failed
 * message is redelivered, and a repeated one continues where the import is.
 */
export function importHandler({ open, queue, log }: ImportHandlerOptions): ImportHandler {
  const load = retryableOnce(open);

  /** @throws if the message has to be redelivered */
  async function run({ body, messageId }: SQSRecord, { advanceImport }: ImportWork, signal: AbortSignal): Promise<void> {
    const importId = importIdIn(body);
    if (importId === undefined) return log.error({ message_id: messageId }, 'message dropped: it names no import');
    try {
      while (!signal.aborted) if (!(await advanceImport(importId))) return;
      await queue.send([importId]);
    } catch (err) {
      log.error({ err, import_id: importId, message_id: messageId }, 'import step failed, its message will be redelivered');
      throw err;
    }
  }

  return async ({ Records }, invocation) => {
    const work = await load();
    const signal = deadlineSignal(invocation);
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of Records) {
      await run(record, work, signal).catch(() => batchItemFailures.push({ itemIdentifier: record.messageId }));
    }
    return { batchItemFailures };
  };
}
