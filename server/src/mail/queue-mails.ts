import type { Ids, LoanId, UserId } from '../domain/ids.ts';
import { type MailLane, turnsOf } from '../domain/mail/mail-queue.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import { mailQueueShardOf, startOfLane, turnAt } from '../storage/index-keys.ts';
import { mailQueueEndKey, outgoingMailKey } from '../storage/keys.ts';
import type { CommitResult, Store } from '../storage/store.ts';

/** Mails in one commit, whose limit is 100 items. */
const MAILS_PER_COMMIT = 50;
/** Other processes may queue mails of the same borrower at the same time. One of them succeeds with each attempt. */
const ATTEMPTS_MAX = 20;

interface QueueOptions {
  readonly store: Pick<Store, 'commit' | 'get' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command'>;
}

/** A mail to be queued. */
export interface UnqueuedMail {
  readonly outgoingMail: OutgoingMail;
  /** Of the stored mail; 0 for a new one. */
  readonly version: number;
}

interface Queue {
  readonly flow: UserId | LoanId;
  readonly lane: MailLane;
}

/** Puts mails at the ends of their borrowers' queues. Skips those that are stored in another version by now. */
export async function queueMails(options: QueueOptions, mails: readonly UnqueuedMail[]): Promise<void> {
  const byQueue = Map.groupBy(mails, ({ outgoingMail: { borrowerId, loanId, lane } }) => `${borrowerId ?? loanId}\n${lane}`);
  for (const group of byQueue.values()) {
    for (let from = 0; from < group.length; from += MAILS_PER_COMMIT) {
      const page = group.slice(from, from + MAILS_PER_COMMIT);
      const [first] = page;
      if (!first) break;
      const { borrowerId, loanId, lane = 'bulk' } = first.outgoingMail;
      await queuePage(options, { flow: borrowerId ?? loanId, lane }, page);
    }
  }
}

async function queuePage(options: QueueOptions, queue: Queue, mails: readonly UnqueuedMail[]): Promise<void> {
  let rest = mails;
  for (let attempt = 1; rest.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS_MAX) throw new Error('mails could not be queued: other processes kept changing the queue');
    const result = await tryQueue(options, queue, rest);
    if (result.committed) return;
    rest = rest.filter(({ version }, position) => isStillAt(version, result, position));
  }
}

function isStillAt(version: number, { current }: Extract<CommitResult, { committed: false }>, position: number): boolean {
  return !current.has(position) || (current.get(position)?.version ?? 0) === version;
}

async function tryQueue({ store, ids }: QueueOptions, queue: Queue, mails: readonly UnqueuedMail[]): Promise<CommitResult> {
  const endKey = mailQueueEndKey(queue.flow, queue.lane);
  const [end] = await store.get([endKey]);
  const [last] = end ? await store.get([outgoingMailKey(end.data.mailId)]) : [];
  const isQueued = last?.data.state.name === 'queued';
  const shards = mails.map(({ outgoingMail: { mailId } }) => mailQueueShardOf(mailId));
  const served = await turnsServed(store, queue.lane, shards);
  const turns = turnsOf(isQueued ? end?.data : undefined, served);
  const highest = turns.indexOf(Math.max(...turns));
  const [mailId, turn] = [mails[highest]?.outgoingMail.mailId, turns[highest]];
  if (mailId === undefined || turn === undefined) throw new TypeError('no mails to queue');
  return store.commit(ids.command(), [
    ...mails.map(({ outgoingMail, version }, position) =>
      outgoingMailWrite({ ...outgoingMail, state: { name: 'queued', turn: turns[position] ?? turn } }, version),
    ),
    { key: endKey, expected: end?.version ?? 0, data: { turn, mailId } },
  ]);
}

/** The turn that is served now in each of the shards: that of the first mail; 0 where there is none. */
async function turnsServed(store: QueueOptions['store'], lane: MailLane, shards: readonly string[]): Promise<number[]> {
  const heads = new Map<string, number>();
  await Promise.all(
    [...new Set(shards)].map(async (partition) => {
      const [head] = await store.listIndex({ partition, order: 'ascending', after: startOfLane(lane), limit: 1 });
      heads.set(partition, (head && turnAt(head.position, lane)) ?? 0);
    }),
  );
  return shards.map((shard) => heads.get(shard) ?? 0);
}
