import type { Ids } from '../domain/ids.ts';
import { type MailLane, turnsOf } from '../domain/mail/mail-queue.ts';
import { isHeld, type Mailing, mailsIn, queueOf, turnIn, withMails } from '../domain/mail/mailing.ts';
import { dueAt } from '../domain/outgoing-mail.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import { isDueAt } from '../storage/due-items.ts';
import { mailQueueShards, startOfLane, turnAt } from '../storage/index-keys.ts';
import { mailingKey, mailQueueEndKey } from '../storage/keys.ts';
import type { CommitResult, Store } from '../storage/store.ts';
import type { StoredMailing } from './claim-mailing.ts';

/** Mailings in one commit, which takes 4 MB at most: 25 mails have about 10 kB. */
const MAILINGS_PER_COMMIT = 20;
/** Other processes may queue mailings of the same borrower at the same time. One of them succeeds with each attempt. */
const ATTEMPTS_MAX = 20;
/** No mail waits longer, so one that is scheduled further ahead was scheduled by a clock that was ahead. */
export const MAIL_AHEAD_MS_MAX = 2 * 86_400_000;

interface QueueOptions {
  readonly store: Pick<Store, 'commit' | 'get' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Puts mailings, with their mails that are due, at the ends of their borrowers' queues. Skips those that are stored in another
 * version by now, and those that a sender is working on.
 */
export async function queueMailings(options: QueueOptions, mailings: readonly StoredMailing[]): Promise<void> {
  const now = options.clock();
  const due = mailings.filter(({ mailing }) => !isHeld(mailing, now) && mailing.mails.some(({ state }) => isDue(state, now)));
  const byQueue = Map.groupBy(due, ({ mailing }) => Object.values(queueOf(mailing)).join('\n'));
  for (const group of byQueue.values()) {
    for (let from = 0; from < group.length; from += MAILINGS_PER_COMMIT)
      await queuePage(options, group.slice(from, from + MAILINGS_PER_COMMIT), now);
  }
}

async function queuePage(options: QueueOptions, mailings: readonly StoredMailing[], now: number): Promise<void> {
  let rest = mailings;
  for (let attempt = 1; rest.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS_MAX) throw new Error('mails could not be queued: other processes kept changing the queue');
    const result = await tryQueue(options, rest, now);
    if (result.committed) return;
    rest = rest.filter(({ version }, position) => isStillAt(version, result, position));
  }
}

function isStillAt(version: number, { current }: Extract<CommitResult, { committed: false }>, position: number): boolean {
  return !current.has(position) || (current.get(position)?.version ?? 0) === version;
}

async function tryQueue({ store, ids }: QueueOptions, mailings: readonly StoredMailing[], now: number): Promise<CommitResult> {
  const [first] = mailings;
  if (!first) throw new TypeError('no mailings to queue');
  const { flow, lane } = queueOf(first.mailing);
  const endKey = mailQueueEndKey(flow, lane);
  const [end] = await store.get([endKey]);
  const [last] = end ? await store.get([mailingKey(end.data.mailId)]) : [];
  const isQueued = last !== undefined && turnIn(last.data) !== undefined;
  const sizes = mailings.map(({ mailing }) => mailing.mails.length);
  const turns = turnsOf(isQueued ? end?.data : undefined, await turnServed(store, lane), sizes);
  const queued = mailings.map(({ mailing }, position) => inQueue(mailing, turns[position] ?? 0, now));
  const highest = turns.indexOf(Math.max(...turns));
  const turn = (turns[highest] ?? 0) + (sizes[highest] ?? 1) - 1;
  const mailId = queued[highest]?.mailingId ?? first.mailing.mailingId;
  return store.commit(ids.command(), [
    ...queued.map((mailing, position) => mailingWrite(mailing, mailings[position]?.version ?? 0)),
    { key: endKey, expected: end?.version ?? 0, data: { turn, mailId } },
  ]);
}

/** The mailing with the turn, for all its mails that are due. */
function inQueue(mailing: Mailing, turn: number, now: number): Mailing {
  const mails = mailsIn(mailing).map((mail) =>
    isDue(mail.state, now) ? { ...mail, state: { name: 'queued', turn } as const } : mail,
  );
  return withMails(mailing, mails);
}

/** Whether a mail waits for a time that has come, or its sender has died. */
function isDue(state: Mailing['mails'][number]['state'], now: number): boolean {
  return isDueAt(dueAt(state) ?? Number.NaN, now, MAIL_AHEAD_MS_MAX); // false without a time
}

/** The turn that is served now: that of the first mailing; 0 where there is none. */
async function turnServed(store: QueueOptions['store'], lane: MailLane): Promise<number> {
  const heads = await Promise.all(
    mailQueueShards().map(async (partition) => {
      const [head] = await store.listIndex({ partition, order: 'ascending', after: startOfLane(lane), limit: 1 });
      return (head && turnAt(head.position, lane)) ?? Number.POSITIVE_INFINITY;
    }),
  );
  const first = Math.min(...heads);
  return Number.isFinite(first) ? first : 0;
}
