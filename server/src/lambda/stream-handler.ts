import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Background } from '../composition/background.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LoanId } from '../domain/ids.ts';
import type { MailSender } from '../mail/mail-sender.ts';
import type { OutboxDispatcher } from '../outbox/dispatcher.ts';
import { toItem, toKey } from '../storage/dynamodb/items.ts';
import { eventBatchKey, isEventBatchKey } from '../storage/keys.ts';
import type { Log } from '../telemetry/log.ts';
import { deadlineSignal, type Invocation } from './invocation.ts';

export interface StreamWork extends Pick<Background, 'refreshKeys'> {
  readonly dispatcher: Pick<OutboxDispatcher, 'deliver'>;
  readonly mailSender: Pick<MailSender, 'sendOwn'> | undefined;
  /** Undefined if there is no feed. */
  readonly pushToSubscribers: ((loanId: LoanId) => Promise<void>) | undefined;
}

export interface StreamOptions {
  readonly open: () => Promise<StreamWork>;
  readonly log: Log;
}

type StreamHandler = (event: DynamoDBStreamEvent, invocation: Invocation) => Promise<DynamoDBBatchResponse>;

/** Mail must not delay later records of the stream; the scheduled function sends the rest. */
const MAIL_MS_MAX = 5000;

/**
 * Dispatches the outboxes of the loans that a stream's records name. The records only say which loans have changed; what to
 * deliver, and in which order, is in the outbox. So one loan's failure does not block the others.
 */
export function streamHandler({ open, log }: StreamOptions): StreamHandler {
  const load = retryableOnce(open);
  return async ({ Records }, invocation) => {
    const { dispatcher, mailSender, refreshKeys, pushToSubscribers } = await load();
    await refreshKeys();
    const signal = deadlineSignal(invocation);
    const { loans, failed } = loansIn(Records, log);
    for (const [loanId, position] of loans) {
      try {
        if (await dispatcher.deliver(loanId, signal)) await pushToSubscribers?.(loanId);
        else failed.push(position);
      } catch (err) {
        log.error({ err, loan_id: loanId }, 'delivery failed, will be retried');
        failed.push(position);
      }
    }
    const onMailError = (err: unknown) => log.error({ err }, 'sending mail failed, will be retried');
    const mailSignal = AbortSignal.any([signal, AbortSignal.timeout(MAIL_MS_MAX)]);
    await mailSender?.sendOwn(onMailError, { signal: mailSignal }).catch(onMailError);
    if (failed.length === 0) return { batchItemFailures: [] };
    // AWS retries the first failed record and all after it.
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber(Records[Math.min(...failed)]) }] };
  };
}

/** @returns each loan with the position of its first record, and the positions of unreadable records */
function loansIn(records: readonly DynamoDBRecord[], log: Log): { loans: Map<LoanId, number>; failed: number[] } {
  const loans = new Map<LoanId, number>();
  const failed: number[] = [];
  for (const [position, record] of records.entries()) {
    try {
      const loanId = eventBatchIn(record)?.loan.loanId;
      if (loanId !== undefined && !loans.has(loanId)) loans.set(loanId, position);
    } catch (err) {
      log.error({ err, sequence_number: sequenceNumber(record) }, 'unreadable stream record');
      failed.push(position);
    }
  }
  return { loans, failed };
}

/** @returns undefined for records of other items @throws if the batch does not match its key */
function eventBatchIn({ eventName, dynamodb }: DynamoDBRecord): EventBatch | undefined {
  if (eventName !== 'INSERT' || !isEventBatchKey(toKey(dynamodb?.Keys ?? {}))) return undefined;
  const { key, data: batch } = toItem<EventBatch>(dynamodb?.NewImage ?? {});
  const expected = eventBatchKey(batch.loan.loanId, batch.version);
  if (expected.partition !== key.partition || expected.sort !== key.sort)
    throw new TypeError('an event batch has the key of another');
  return batch;
}

function sequenceNumber(record: DynamoDBRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? '';
}
