import { type EventBatch, nextEventTime } from '../domain/event-batch.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import { importDueAt, type LenderImport } from '../domain/imports/lender-import.ts';
import type { Lender } from '../domain/lender.ts';
import type { LoanChange } from '../domain/loan.ts';
import { type Mailing, mailingDueAt, toMailings, turnIn } from '../domain/mail/mailing.ts';
import { importExpiresAt, MAIL_KEPT_MS } from '../domain/records/retention.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';
import { dueIndexEntry, holdIndexEntry, lenderIndexEntry, loanIndexEntry, mailQueueIndexEntry } from '../storage/index-keys.ts';
import {
  eventBatchKey,
  expiryKey,
  holdKey,
  importKey,
  importPartKey,
  lenderKey,
  loanKey,
  mailingKey,
  outboxKey,
} from '../storage/keys.ts';
import type { IndexEntry, Key, Put, Write } from '../storage/store.ts';
import type { Command, Plan, UseCaseContext } from './use-case.ts';
import type { View } from './view.ts';

function write<Data>(view: View, key: Key<Data>, data: Data, options: Pick<Put, 'index' | 'expiresAt'> = {}): Put {
  return { key, expected: view.versionAt(key), data, ...options };
}

/** All writes of a plan, each on the condition that its item is still at the version that was read. */
export function writesForPlan(
  view: View,
  plan: Plan,
  command: Command<unknown>,
  { now, caller, request, rules }: UseCaseContext<unknown>,
  record: { readonly key: Key<IdempotencyRecord>; readonly data: IdempotencyRecord } | undefined,
): Write[] {
  const { claimed, counters = [], outgoingMail, newImport, decidedHold } = plan;
  const metadata = { at: now, actor: command.actor, actorId: caller.userId, ...request };
  return [
    ...(plan.change ? changeWrites(view, plan.change, metadata) : []),
    ...(claimed ? [write(view, claimed.key, claimed.data)] : []),
    ...counters.map(({ key, data }) => write(view, key, data)),
    ...(outgoingMail ? toMailings([{ ...outgoingMail, ...request }]).map((mailing) => mailingWrite(mailing, 0)) : []),
    ...(newImport
      ? [
          importWrite({ ...newImport.job, ...request }, 0, now),
          ...newImport.parts.map((part, number) => write(view, importPartKey(newImport.job.importId, number), part)),
        ]
      : []),
    ...(decidedHold ? holdWrites(view, decidedHold) : []),
    ...(record ? [write(view, record.key, record.data, { expiresAt: record.data.at + rules.idempotencyMs })] : []),
  ];
}

function holdWrites(view: View, { hold, mailings }: NonNullable<Plan['decidedHold']>): Write[] {
  return [
    holdWrite(hold, view.versionAt(holdKey(hold.loanId, hold.invitedAt))),
    ...mailings.map((mailing) => mailingWrite(mailing, view.versionAt(mailingKey(mailing.mailingId)))),
  ];
}

/** The members of an event batch that do not depend on the change. */
type EventMetadata = Pick<EventBatch, 'at' | 'actor' | 'actorId' | 'requestId' | 'traceparent' | 'network' | 'import'>;

/** After this time any process may deliver the batch: the one that committed it must have died. */
export const ABANDONED_MS = 10_000;

/** The loan, its changed lenders, the event batch with its outbox entry, and the expiry of new invitations. */
export function changeWrites(view: View, { loan, lenders, events }: LoanChange, metadata: EventMetadata): Write[] {
  const { loanId } = loan;
  const version = view.versionAt(loanKey(loanId)) + 1;
  const before = version > 1 ? view.at(loanKey(loanId))?.data : undefined; // a new loan is not in the view
  const at = nextEventTime(before, metadata.at);
  const changed = { ...loan, changedAt: at };
  const invited = events.flatMap((event) => (event.type === 'lender.invited' ? [event.lender] : []));
  const [first] = invited;
  return [
    write(view, loanKey(loanId), changed, { index: loanIndexEntry(loan) }),
    ...lenders.map((lender) => write(view, lenderKey(loanId, lender.lenderId), lender, { index: lenderIndexEntry(lender) })),
    write(view, eventBatchKey(loanId, version), { version, ...metadata, at, loan: changed, events }),
    write(
      view,
      outboxKey(loanId, version),
      { done: [], failures: 0, notBefore: 0 },
      { index: dueIndexEntry('outbox', loanId, metadata.at + ABANDONED_MS) },
    ),
    ...(first ? [expiryWrite(view, first, invited, version)] : []),
  ];
}

/** A mailing in its present state, indexed by its turn, or by when it is due. */
export function mailingWrite(mailing: Mailing, expected: number): Put<Mailing> {
  const { mailingId, createdAt, lane = 'bulk' } = mailing;
  const write = { key: mailingKey(mailingId), expected, data: mailing };
  const turn = turnIn(mailing);
  if (turn !== undefined) return { ...write, index: mailQueueIndexEntry(mailingId, lane, turn) };
  const at = mailingDueAt(mailing);
  return {
    ...write,
    ...(at === undefined ? { expiresAt: createdAt + MAIL_KEPT_MS } : { index: dueIndexEntry('mailing', mailingId, at) }),
  };
}

/** A hold, indexed by whether it is decided. */
export function holdWrite(hold: RiskHold, expected: number): Put<RiskHold> {
  return { key: holdKey(hold.loanId, hold.invitedAt), expected, data: hold, index: holdIndexEntry(hold) };
}

/** After this time without a step any process may take over an import: the one that ran it must have died. */
const TAKEN_OVER_MS = 2000;

/** An import in its present state, indexed by when its next step is due, or when it has to be removed. */
export function importWrite(job: LenderImport, expected: number, now: number): Put<LenderImport> {
  const { importId } = job;
  const at = importDueAt(job, now + TAKEN_OVER_MS);
  const index = at === undefined ? removalEntry(job) : dueIndexEntry('import', importId, at);
  return { key: importKey(importId), expected, data: job, ...(index && { index }) };
}

function removalEntry(job: LenderImport): IndexEntry | undefined {
  const at = importExpiresAt(job);
  return at === undefined ? undefined : dueIndexEntry('removal', job.importId, at);
}

function expiryWrite(view: View, { loanId, expiresAt }: Lender, invited: readonly Lender[], version: number): Write {
  const expiry = { invitations: invited.map(({ lenderId, round }) => ({ lenderId, round })), expiresAt };
  return write(view, expiryKey(loanId, expiresAt, version), expiry, { index: dueIndexEntry('expiry', loanId, expiresAt) });
}
