import type { Chapter } from '../domain/event-batch.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Participant } from '../domain/lender.ts';
import { importDueAt, type LenderImport } from '../domain/lender-import.ts';
import type { Change } from '../domain/loan.ts';
import { dueAt, type Mailing } from '../domain/outgoing-mail.ts';
import {
  chapterKey,
  expiryKey,
  importIndexEntry,
  importKey,
  importPartKey,
  loanIndexEntry,
  loanKey,
  mailingIndexEntry,
  mailingKey,
  outboxKey,
  participantIndexEntry,
  participantKey,
  waitingIndexEntry,
} from '../storage/keys.ts';
import type { Key, Put, Write } from '../storage/store.ts';
import type { Asked, Command, Plan } from './use-case.ts';
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
export function writesOf(view: View, plan: Plan, command: Command<unknown>, asked: Asked<unknown>, signature: Signature): Write[] {
  const { holding, counter, mailing, opened } = plan;
  const { requestId, traceparent, record } = signature;
  const told = { at: asked.now, actor: command.actor, actorId: asked.caller.userId, requestId, traceparent };
  return [
    ...(plan.change ? changeWrites(view, plan.change, told) : []),
    ...(holding ? [write(view, holding.key, holding.data)] : []),
    ...(counter ? [write(view, counter.key, counter.data, { expiresAt: counter.expiresAt })] : []),
    ...(mailing ? [mailingWrite({ ...mailing, requestId, traceparent }, view.versionAt(mailingKey(mailing.mailingId)))] : []),
    ...(opened
      ? [
          importWrite({ ...opened.job, requestId, traceparent }, 0, asked.now),
          ...opened.parts.map((part, number) => write(view, importPartKey(opened.job.importId, number), part)),
        ]
      : []),
    ...(record ? [write(view, record.key, record.data, { expiresAt: record.data.at + asked.rules.idempotencyMs })] : []),
  ];
}

/** What a chapter tells besides what happened. */
type Circumstances = Pick<Chapter, 'at' | 'actor' | 'actorId' | 'requestId' | 'traceparent' | 'import'>;

/** Whoever finds it waiting so long after the commit delivers it: the process that made it has had its time. */
const LEFT_MS = 10_000;

/**
 * The loan, its changed participants, and the one chapter that tells what happened; that it is to be delivered, and when the
 * invitations expire that were made.
 */
export function changeWrites(view: View, { loan, participants, happenings }: Change, told: Circumstances): Write[] {
  const { loanId } = loan;
  const version = view.versionAt(loanKey(loanId)) + 1;
  const invited = happenings.flatMap((happening) => (happening.type === 'lender.invited' ? [happening.lender] : []));
  const [first] = invited;
  return [
    write(view, loanKey(loanId), loan, { index: loanIndexEntry(loan) }),
    ...participants.map((lender) =>
      write(view, participantKey(loanId, lender.lenderId), lender, { index: participantIndexEntry(lender) }),
    ),
    write(view, chapterKey(loanId, version), { version, ...told, loan, happenings }),
    write(
      view,
      outboxKey(loanId, version),
      { done: [], failures: 0, notBefore: 0 },
      { index: waitingIndexEntry('undelivered', loanId, told.at + LEFT_MS) },
    ),
    ...(first ? [expiryWrite(view, first, invited, version)] : []),
  ];
}

/** A mail that has come to its end is kept for as long as somebody may ask what became of it. */
const MAILING_KEPT_MS = 30 * 86_400_000;

/** A mail as it now stands, found again when it is due. */
export function mailingWrite(mailing: Mailing, expected: number): Put<Mailing> {
  const at = dueAt(mailing.state);
  const place =
    at === undefined ? { expiresAt: mailing.madeAt + MAILING_KEPT_MS } : { index: mailingIndexEntry(mailing.mailingId, at) };
  return { key: mailingKey(mailing.mailingId), expected, data: mailing, ...place };
}

/** Whoever finds an import running so long after its last step takes it over: the process that was at it has ended. */
const TAKEN_OVER_MS = 2000;

/** An import as it now stands, found again when somebody has to see to it. */
export function importWrite(job: LenderImport, expected: number, now: number): Put<LenderImport> {
  const at = importDueAt(job, now + TAKEN_OVER_MS);
  const place = at === undefined ? {} : { index: importIndexEntry(job.importId, at) };
  return { key: importKey(job.importId), expected, data: job, ...place };
}

function expiryWrite(view: View, { loanId, expiresAt }: Participant, invited: readonly Participant[], version: number): Write {
  const expiry = { invitations: invited.map(({ lenderId, round }) => ({ lenderId, round })), expiresAt };
  return write(view, expiryKey(loanId, expiresAt, version), expiry, { index: waitingIndexEntry('due', loanId, expiresAt) });
}
