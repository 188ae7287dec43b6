import { invitedLastDay } from '../../server/src/risk/features/sender-history.ts';
import { isDisposableDomain } from '../../server/src/risk/names/disposable-domains.ts';
import type { Sample } from '../training/samples.ts';

/** What must be beaten: one rule alone. The higher its figure for a batch, the sooner the batch is held. */
export interface Baseline {
  readonly name: string;
  readonly figureOf: (sample: Pick<Sample, 'batch' | 'history'>) => number;
}

/** Mails that a sender may have had sent in 24 hours: a + b · accepted - c · (declined + opted out + bounced). */
const PACING = { a: 25, b: 2, c: 2 };

export const BASELINES: readonly Baseline[] = [
  { name: 'volume cap alone', figureOf: ({ batch, history }) => invitedLastDay(history, batch.at) + batch.invitations.length },
  { name: 'disposable list alone', figureOf: disposableMails },
  { name: 'pacing alone', figureOf: delayedMails },
];

/** Mails of the batch that the allowance of the day leaves no room for. */
function delayedMails({ batch, history }: Pick<Sample, 'batch' | 'history'>): number {
  const over = invitedLastDay(history, batch.at) + batch.invitations.length - allowanceOf(history);
  return Math.max(0, over);
}

export function allowanceOf({ accepted, declined, optedOut, bounced }: Sample['history']): number {
  return Math.max(0, PACING.a + PACING.b * accepted - PACING.c * (declined + optedOut + bounced));
}

function disposableMails({ batch }: Pick<Sample, 'batch'>): number {
  return batch.invitations.filter(({ email }) => isDisposableDomain(email.slice(email.lastIndexOf('@') + 1))).length;
}
