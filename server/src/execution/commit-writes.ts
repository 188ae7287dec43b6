import type { EventBatch } from '../domain/event-batch.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Lender } from '../domain/lender.ts';
import { importDueAt, type LenderImport } from '../domain/lender-import.ts';
import type { LoanChange } from '../domain/loan.ts';
import { dueAt, type OutgoingMail } from '../domain/outgoing-mail.ts';
import {
  dueIndexEntry,
  eventBatchKey,
  expiryKey,
  importIndexEntry,
  importKey,
  importPartKey,
  lenderIndexEntry,
  lenderKey,
  loanIndexEntry,
  loanKey,
  outboxKey,
  outgoingMailIndexEntry,
  outgoingMailKey,
} from '../storage/keys.ts';
import type { Key, Put, Write } from '../storage/store.ts';
import type { Command, CommandContext, Plan } from './use-case.ts';
import type { View } from './view.ts';

/** Under which request a plan is carried out. */
export interface Signature {
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Where the answer is kept for repeats, if the request has a key. */
  readonly record: { readonly key: Key<IdempotencyRecord>; readonly data: IdempotencyRecord } | undefined;
}

/** A write that keeps its type until it stands among others. */
function write<Data>(view: View, key: Key<Data>, data: Data, more: Pick<Put, 'index' | 'expiresAt'> = {}): Put {
  return { key, expected: view.versionAt(key), data, ...more };
}

/** All that a plan is to write, each on the condition that what was seen still stands. */
export function writesForPlan(
  view: View,
  plan: Plan,
  command: Command<unknown>,
  context: CommandContext<unknown>,
  signature: Signature,
): Write[] {
  const { claimed, counter, outgoingMail, newImport } = plan;
  const { requestId, traceparent, record } = signature;
  const told = { at: context.now, actor: command.actor, actorId: context.caller.userId, requestId, traceparent };
  return [
    ...(plan.change ? changeWrites(view, plan.change, told) : []),
    ...(claimed ? [write(view, claimed.key, claimed.data)] : []),
    ...(counter ? [write(view, counter.key, counter.data, { expiresAt: counter.expiresAt })] : []),
    ...(outgoingMail
      ? [mailingWrite({ ...outgoingMail, requestId, traceparent }, view.versionAt(outgoingMailKey(outgoingMail.mailId)))]
      : []),
    ...(newImport
      ? [
          importWrite({ ...newImport.job, requestId, traceparent }, 0, context.now),
          ...newImport.parts.map((part, number) => write(view, importPartKey(newImport.job.importId, number), part)),
        ]
      : []),
    ...(record ? [write(view, record.key, record.data, { expiresAt: record.data.at + context.rules.idempotencyMs })] : []),
  ];
}

/** What a chapter tells besides what happened. */
type EventMetadata = Pick<EventBatch, 'at' | 'actor' | 'actorId' | 'requestId' | 'traceparent' | 'import'>;

/** Whoever finds it waiting so long after the commit delivers it: the process that made it has had its time. */
const LEFT_MS = 10_000;

/**
 * The loan, its changed participants, and the one chapter that tells what happened; that it is to be delivered, and when the
 * invitations expire that were made.
 */
export function changeWrites(view: View, { loan, lenders, events }: LoanChange, told: EventMetadata): Write[] {
  const { loanId } = loan;
  const version = view.versionAt(loanKey(loanId)) + 1;
  const invited = events.flatMap((event) => (event.type === 'lender.invited' ? [event.lender] : []));
  const [first] = invited;
  return [
    write(view, loanKey(loanId), loan, { index: loanIndexEntry(loan) }),
    ...lenders.map((lender) => write(view, lenderKey(loanId, lender.lenderId), lender, { index: lenderIndexEntry(lender) })),
    write(view, eventBatchKey(loanId, version), { version, ...told, loan, events }),
    write(
      view,
      outboxKey(loanId, version),
      { done: [], failures: 0, notBefore: 0 },
      { index: dueIndexEntry('undelivered', loanId, told.at + LEFT_MS) },
    ),
    ...(first ? [expiryWrite(view, first, invited, version)] : []),
  ];
}

/** A mail that has come to its end is kept for as long as somebody may ask what became of it. */
const MAILING_KEPT_MS = 30 * 86_400_000;

/** A mail as it now stands, found again when it is due. */
export function mailingWrite(outgoingMail: OutgoingMail, expected: number): Put<OutgoingMail> {
  const at = dueAt(outgoingMail.state);
  const place =
    at === undefined
      ? { expiresAt: outgoingMail.createdAt + MAILING_KEPT_MS }
      : { index: outgoingMailIndexEntry(outgoingMail.mailId, at) };
  return { key: outgoingMailKey(outgoingMail.mailId), expected, data: outgoingMail, ...place };
}

/** Whoever finds an import running so long after its last step takes it over: the process that was at it has ended. */
export const TAKEN_OVER_MS = 2000;

/** An import as it now stands, found again when somebody has to see to it. */
export function importWrite(job: LenderImport, expected: number, now: number): Put<LenderImport> {
  const at = importDueAt(job, now + TAKEN_OVER_MS);
  const place = at === undefined ? {} : { index: importIndexEntry(job.importId, at) };
  return { key: importKey(job.importId), expected, data: job, ...place };
}

function expiryWrite(view: View, { loanId, expiresAt }: Lender, invited: readonly Lender[], version: number): Write {
  const expiry = { invitations: invited.map(({ lenderId, round }) => ({ lenderId, round })), expiresAt };
  return write(view, expiryKey(loanId, expiresAt, version), expiry, { index: dueIndexEntry('due', loanId, expiresAt) });
}
