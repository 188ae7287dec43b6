import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import { chapterKey, loanIndexEntry, loanKey, participantIndexEntry, participantKey } from '../storage/keys.ts';
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
  const { holding, counter } = plan;
  const { record } = signature;
  return [
    ...changeWrites(view, plan, command, asked, signature),
    ...(holding ? [write(view, holding.key, holding.data)] : []),
    ...(counter ? [write(view, counter.key, counter.data, { expiresAt: counter.expiresAt })] : []),
    ...(record ? [write(view, record.key, record.data, { expiresAt: record.data.at + asked.rules.idempotencyMs })] : []),
  ];
}

/** The loan, its changed participants, and the one chapter that tells what happened. */
function changeWrites(
  view: View,
  { change }: Plan,
  { actor }: Command<unknown>,
  asked: Asked<unknown>,
  signature: Signature,
): Write[] {
  if (!change) return [];
  const { loan, participants, happenings } = change;
  const { requestId, traceparent } = signature;
  const version = view.versionAt(loanKey(loan.loanId)) + 1;
  const chapter = { version, at: asked.now, actor, actorId: asked.caller.userId, requestId, traceparent, loan, happenings };
  return [
    write(view, loanKey(loan.loanId), loan, { index: loanIndexEntry(loan) }),
    ...participants.map((lender) =>
      write(view, participantKey(loan.loanId, lender.lenderId), lender, { index: participantIndexEntry(lender) }),
    ),
    write(view, chapterKey(loan.loanId, version), chapter),
  ];
}
