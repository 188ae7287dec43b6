import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Background } from '../composition/background.ts';
import type { ImportId } from '../domain/ids.ts';
import type { Log } from '../telemetry/log.ts';
import { deadlineSignal, type Invocation } from './background.ts';
import { type ImportQueue, importIdIn } from './import-queue.ts';
import { retryableOnce } from './retryable-once.ts';

export interface ImportOptions {
  /** @param onFault told of what keeps a step from being taken, and is in the log */
  readonly open: (onFault: (fault: unknown) => void) => Promise<ImportWork>;
  /** For what there is no time left for. */
  readonly queue: ImportQueue;
  readonly log: Log;
}

type ImportWork = Pick<Background, 'advanceImport'>;

type ImportHandler = (event: SQSEvent, invocation: Invocation) => Promise<SQSBatchResponse>;

/**
 * Takes the steps of each import that a message names, until there is none to take by now or the time is up: then another
 * message has the rest done. A message that failed comes again; one that comes twice finds the import further on.
 */
export function importHandler({ open, queue, log }: ImportOptions): ImportHandler {
  let faults = 0;
  const opened = retryableOnce(() =>
    open(() => {
      faults += 1;
    }),
  );

  async function advance(importId: ImportId, { advanceImport }: ImportWork, deadline: AbortSignal): Promise<void> {
    const before = faults;
    while (!deadline.aborted) {
      if (await advanceImport(importId)) continue;
      if (faults > before) throw new Error('a step could not be taken; the line before tells why');
      return;
    }
    await queue.send([importId]);
  }

  /** @returns whether the message is done with */
  async function seeTo({ body, messageId }: SQSRecord, work: ImportWork, deadline: AbortSignal): Promise<boolean> {
    const importId = importIdIn(body);
    if (importId === undefined) {
      log.error({ message_id: messageId }, 'a message names no import, and is dropped');
      return true;
    }
    try {
      await advance(importId, work, deadline);
      return true;
    } catch (err) {
      log.error({ err, import_id: importId, message_id: messageId }, 'an import can not go on now; its message comes again');
      return false;
    }
  }

  return async ({ Records }, invocation) => {
    const work = await opened();
    const deadline = deadlineSignal(invocation);
    const failed: string[] = [];
    for (const record of Records) if (!(await seeTo(record, work, deadline))) failed.push(record.messageId);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
