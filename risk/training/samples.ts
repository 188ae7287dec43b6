import { type Email, parseEmail } from '../../server/src/domain/email.ts';
import { canonicalMailbox } from '../../server/src/domain/mail/canonical-mailbox.ts';
import type { Features } from '../../server/src/risk/features/feature-table.ts';
import { featuresOf } from '../../server/src/risk/features/features-of.ts';
import { OVERLAP_DAYS, type RiskBatch } from '../../server/src/risk/features/risk-batch.ts';
import {
  DAY_MS,
  newSender,
  recordBatch,
  recordOutcome,
  type SenderHistory,
} from '../../server/src/risk/features/sender-history.ts';
import type { Episode, Outcome, Sender, SentBatch } from '../data/episode.ts';

/** A batch as the event handler sees it, with what it really is. */
export interface Sample {
  readonly group: string;
  /** Number of its story: batches of one story resemble each other. */
  readonly episode: number;
  readonly isAbusive: boolean;
  readonly batch: RiskBatch;
  /** Of its sender, before it. */
  readonly history: SenderHistory;
  readonly features: Features;
}

interface Sent {
  readonly sender: number;
  readonly at: number;
  readonly batch: SentBatch;
}

/** Replays stories in the order of time, with the history of each sender as it was before each batch. */
export function samplesOf(episodes: readonly Episode[]): Sample[] {
  return episodes.flatMap(replay);
}

function replay({ group, senders }: Episode, episode: number): Sample[] {
  const histories = senders.map((sender) => new RunningHistory(sender));
  const seen = new Map<string, Map<number, number>>();
  return sentIn(senders).map(({ sender, at, batch }): Sample => {
    const history = histories[sender]?.before(at) ?? newSender(at);
    const otherSenders = batch.invited.map(
      (invited) => invited.otherSenders + othersSeen(seen, mailboxOf(invited.email), sender, at),
    );
    for (const { email } of batch.invited) note(seen, mailboxOf(email), sender, at);
    const { senderName, purpose, loanAmount, isAbusive } = batch;
    const invitations = batch.invited.map(({ email, name, contribution }) => ({ email: emailOf(email), name, contribution }));
    const riskBatch = { at, senderName, purpose, loanAmount, invitations };
    histories[sender]?.add(riskBatch, batch);
    return { group, episode, isAbusive, batch: riskBatch, history, features: featuresOf(riskBatch, history, { otherSenders }) };
  });
}

function sentIn(senders: readonly Sender[]): Sent[] {
  return senders
    .flatMap(({ batches }, sender) => batches.map((batch) => ({ sender, at: batch.at, batch })))
    .sort((a, b) => a.at - b.at);
}

class RunningHistory {
  #history: SenderHistory;
  #pending: { readonly outcome: Outcome; readonly at: number }[] = [];

  constructor({ firstSeenAt }: Sender) {
    this.#history = newSender(firstSeenAt);
  }

  /** With what has become of earlier invitations by then. */
  before(at: number): SenderHistory {
    const due = this.#pending.filter((response) => response.at <= at);
    this.#pending = this.#pending.filter((response) => response.at > at);
    this.#history = due.reduce((history, { outcome }) => recordOutcome(history, outcome), this.#history);
    return this.#history;
  }

  add(batch: RiskBatch, { invited }: SentBatch): void {
    this.#history = recordBatch(this.#history, batch);
    this.#pending.push(...invited.flatMap(({ response }) => (response ? [response] : [])));
  }
}

/** Other senders of the story who invited the mailbox within the days that count. */
function othersSeen(seen: ReadonlyMap<string, ReadonlyMap<number, number>>, mailbox: string, sender: number, now: number): number {
  const senders = [...(seen.get(mailbox) ?? [])];
  return senders.filter(([other, at]) => other !== sender && at > now - OVERLAP_DAYS * DAY_MS).length;
}

function note(seen: Map<string, Map<number, number>>, mailbox: string, sender: number, at: number): void {
  const senders = seen.get(mailbox) ?? new Map<number, number>();
  seen.set(mailbox, senders.set(sender, at));
}

function mailboxOf(email: string): string {
  return canonicalMailbox(emailOf(email));
}

/** @throws RangeError where the server would reject the address */
export function emailOf(address: string): Email {
  const email = parseEmail(address);
  if (!email) throw new RangeError(`the generator made an address that the server rejects: ${address}`);
  return email;
}
