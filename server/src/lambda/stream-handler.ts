import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LoanId } from '../domain/ids.ts';
import { toItem, toKey } from '../storage/dynamodb/items.ts';
import { eventBatchKey, isEventBatchKey } from '../storage/keys.ts';
import type { Log } from '../telemetry/log.ts';
import { deadlineSignal, type Invocation } from './background.ts';

/** What is done for the loans that the stream names. */
export interface StreamWork {
  /** Never rejects. @returns whether the loan was seen to */
  deliver(loanId: LoanId, deadline: AbortSignal): Promise<boolean>;
  /** What else is done for a loan once it was seen to. Where one rejects, the loan comes again. */
  readonly afterwards: readonly ((loanId: LoanId) => Promise<void>)[];
  /** Undefined where no mail is sent. */
  readonly sendMail: ((deadline: AbortSignal) => Promise<void>) | undefined;
}

export interface StreamOptions {
  readonly open: () => Promise<StreamWork>;
  readonly log: Log;
}

type StreamHandler = (event: DynamoDBStreamEvent, invocation: Invocation) => Promise<DynamoDBBatchResponse>;

/** Mail must not keep waiting what comes behind it in the stream; the clock sends the rest. */
const MAIL_MS_MAX = 5000;

/**
 * Takes a chapter in the table's stream for the word that its loan has something in its outbox. The stream wakes, the outbox
 * tells what to do and in which order: so one loan's failure keeps no other waiting.
 */
export function streamHandler({ open, log }: StreamOptions): StreamHandler {
  return async ({ Records }, invocation) => {
    const work = await open();
    const deadline = deadlineSignal(invocation);
    const { loans, failed } = loansIn(Records, log);
    for (const [loanId, position] of loans) {
      if (!(await seeTo(work, loanId, { deadline, log }))) failed.push(position);
    }
    const ofMail = AbortSignal.any([deadline, AbortSignal.timeout(MAIL_MS_MAX)]);
    await work.sendMail?.(ofMail).catch((err: unknown) => log.error({ err }, 'mail was left to the clock'));
    if (failed.length === 0) return { batchItemFailures: [] };
    // Told of the first one, AWS brings it again with all that came behind it.
    return { batchItemFailures: [{ itemIdentifier: numberOf(Records[Math.min(...failed)]) }] };
  };
}

/** @returns each loan with the position of its first record, and the positions of what could not be read */
function loansIn(records: readonly DynamoDBRecord[], log: Log): { loans: Map<LoanId, number>; failed: number[] } {
  const loans = new Map<LoanId, number>();
  const failed: number[] = [];
  for (const [position, record] of records.entries()) {
    try {
      const loanId = chapterIn(record)?.loan.loanId;
      if (loanId !== undefined && !loans.has(loanId)) loans.set(loanId, position);
    } catch (err) {
      log.error({ err, sequence_number: numberOf(record) }, 'a record of the stream can not be read');
      failed.push(position);
    }
  }
  return { loans, failed };
}

/** @returns undefined for a record of anything else @throws where a chapter is not what its key says */
function chapterIn({ eventName, dynamodb }: DynamoDBRecord): EventBatch | undefined {
  if (eventName !== 'INSERT' || !isEventBatchKey(toKey(dynamodb?.Keys ?? {}))) return undefined;
  const { key, data: batch } = toItem<EventBatch>(dynamodb?.NewImage ?? {});
  const own = eventBatchKey(batch.loan.loanId, batch.version);
  if (own.partition !== key.partition || own.sort !== key.sort) throw new TypeError('a chapter stands at the place of another');
  return batch;
}

interface Telling {
  readonly deadline: AbortSignal;
  readonly log: Log;
}

async function seeTo({ deliver, afterwards }: StreamWork, loanId: LoanId, { deadline, log }: Telling): Promise<boolean> {
  if (!(await deliver(loanId, deadline))) return false;
  try {
    for (const follow of afterwards) await follow(loanId);
    return true;
  } catch (err) {
    log.error({ err, loan_id: loanId }, 'what follows a delivery failed; it is done again');
    return false;
  }
}

function numberOf(record: DynamoDBRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? '';
}
