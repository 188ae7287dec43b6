import { pacedMailsPerDay } from '../../server/src/domain/mail/limits/pacing.ts';
import { invitedLastDay } from '../../server/src/risk/features/sender-history.ts';
import { isDisposableDomain } from '../../server/src/risk/names/disposable-domains.ts';
import type { Sample } from '../training/samples.ts';

/** What must be beaten: one rule alone. The higher its figure for a batch, the sooner the batch is held. */
export interface Baseline {
  readonly name: string;
  readonly figureOf: (sample: Pick<Sample, 'batch' | 'history'>) => number;
}

export const BASELINES: readonly Baseline[] = [
  { name: 'volume cap alone', figureOf: ({ batch, history }) => invitedLastDay(history, batch.at) + batch.invitations.length },
  { name: 'disposable list alone', figureOf: disposableMails },
  { name: 'pacing alone', figureOf: delayedMails },
];

/** Mails of the batch that wait, as the product paces them. A day is the last 24 hours here. */
function delayedMails({ batch, history }: Pick<Sample, 'batch' | 'history'>): number {
  const over = invitedLastDay(history, batch.at) + batch.invitations.length - pacedMailsPerDay(history);
  return Math.max(0, over);
}

function disposableMails({ batch }: Pick<Sample, 'batch'>): number {
  return batch.invitations.filter(({ email }) => isDisposableDomain(email.slice(email.lastIndexOf('@') + 1))).length;
}
