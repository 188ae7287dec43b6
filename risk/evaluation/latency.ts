import { performance } from 'node:perf_hooks';
import { featuresOf } from '../../server/src/risk/features/features-of.ts';
import type { RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../../server/src/risk/model/score-of.ts';
import type { Sample } from '../training/samples.ts';

const INVITATIONS = 100;
const WARM_UP = 500;
const TIMES = 2000;
/** The best of some counts: other programs may take the processor meanwhile. */
const TRIES = 3;

/** Milliseconds that the features and the score of batches of 100 take on this machine, as it is. */
export function latencyOf(model: RiskModel, samples: readonly Sample[]): { readonly p50: number; readonly p99: number } {
  const batches = samples
    .filter(({ batch }) => batch.invitations.length > INVITATIONS / 2)
    .map(({ batch, history }) => {
      const { invitations } = batch;
      const full = [...invitations, ...invitations].slice(0, INVITATIONS);
      return { batch: { ...batch, invitations: full }, history, context: { otherSenders: full.map(() => 0) } };
    });
  const times = Array.from({ length: WARM_UP + TIMES }, (_, index) => {
    const chosen = batches[index % batches.length];
    const tries = Array.from({ length: TRIES }, () => {
      // As new: what is found out of an invitation is kept with it.
      const invitations = chosen?.batch.invitations.map((each) => ({ ...each })) ?? [];
      const start = performance.now();
      if (chosen) scoreOf(model, featuresOf({ ...chosen.batch, invitations }, chosen.history, chosen.context));
      return performance.now() - start;
    });
    return Math.min(...tries);
  })
    .slice(WARM_UP)
    .sort((a, b) => a - b);
  return { p50: times[Math.floor(TIMES / 2)] ?? 0, p99: times[Math.floor(0.99 * TIMES)] ?? 0 };
}
