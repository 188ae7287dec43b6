import { DAY_MS, HOUR_MS, type Invited, MINUTE_MS, type Outcome, type Sender, type SentBatch } from './episode.ts';
import type { Random } from './random.ts';

/** A lender to invite: an address and what the borrower calls its owner. */
export interface Target {
  readonly email: string;
  readonly name: string | null;
}

/** Probabilities of what becomes of an invitation; the rest stays without a response. */
export interface Responses {
  readonly accepted: number;
  readonly declined: number;
  readonly optedOut: number;
  readonly bounced: number;
  /** That somebody else has invited the mailbox as well. */
  readonly invitedByOthers: number;
}

/** A loan and its batches of invitations, before times are set. */
export interface Plan {
  readonly senderName: string | null;
  readonly purpose: string | null;
  /** Minor units. */
  readonly loanAmount: number;
  readonly amounts: 'equal' | 'round' | 'tiny';
  readonly batches: readonly (readonly Target[])[];
  readonly isAbusive: boolean;
  readonly responses: Responses;
}

/** Times between the batches of a loan. */
export interface Pace {
  /** Median milliseconds. */
  readonly gapMs: number;
  /** Factor of one standard deviation. */
  readonly spread: number;
}

const YEAR_2026 = Date.UTC(2026, 0, 1);

export function startOf(random: Random): number {
  return YEAR_2026 + Math.floor(random.between(0, 300 * DAY_MS));
}

/** @param accountAgeMs before the first batch */
export function senderOf(
  random: Random,
  start: number,
  accountAgeMs: number,
  loans: readonly (readonly [Plan, Pace])[],
  pauseMs = 0,
): Sender {
  let at = start;
  const batches = loans.flatMap(([plan, { gapMs, spread }], index) => {
    if (index > 0) at += Math.floor(random.around(pauseMs, 1.5));
    return plan.batches.map((targets, batch): SentBatch => {
      if (batch > 0) at += Math.floor(random.around(gapMs, spread));
      return batchOf(random, plan, targets, at);
    });
  });
  return { firstSeenAt: Math.floor(start - accountAgeMs), batches };
}

/** Splits targets into requests. */
export function inRequests(targets: readonly Target[], size: number): Target[][] {
  const count = Math.ceil(targets.length / size);
  return Array.from({ length: count }, (_, index) => targets.slice(index * size, (index + 1) * size));
}

function batchOf(random: Random, plan: Plan, targets: readonly Target[], at: number): SentBatch {
  const { senderName, purpose, loanAmount, isAbusive, responses } = plan;
  const equal = contribution(random, plan);
  const invited = targets.map(
    ({ email, name }): Invited => ({
      email,
      name,
      contribution: plan.amounts === 'round' ? contribution(random, plan) : equal,
      response: response(random, responses, at),
      otherSenders: random.chance(responses.invitedByOthers) ? 1 + (random.chance(0.1) ? 1 : 0) : 0,
    }),
  );
  return { at, senderName, purpose, loanAmount, isAbusive, invited };
}

/** What the loan leaves for each, rounded down: all of its invitations together fit into it. */
function contribution(random: Random, { loanAmount, amounts, batches }: Plan): number {
  if (amounts === 'tiny') return random.pick([1, 100, 100, 500, 1000]);
  const part = loanAmount / Math.max(4, batches.flat().length) / random.between(1, 2.5);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(part))) / random.pick([1, 1, 2, 4]);
  return Math.max(1, Math.floor(Math.floor(part / step) * step));
}

function response(random: Random, { accepted, declined, optedOut, bounced }: Responses, sentAt: number): Invited['response'] {
  const outcome = random.weighted<Outcome | null>([
    [accepted, 'accepted'],
    [declined, 'declined'],
    [optedOut, 'optedOut'],
    [bounced, 'bounced'],
    [Math.max(0, 1 - accepted - declined - optedOut - bounced), null],
  ]);
  if (outcome === null) return null;
  const delay = outcome === 'bounced' ? random.around(MINUTE_MS, 3) : random.around(9 * HOUR_MS, 4);
  return { outcome, at: sentAt + Math.ceil(delay) };
}
