import type { RiskHold } from './risk-hold.ts';

/** `held`: mail waits for a decision. `noted`: nobody has decided, and mail does not wait. */
export const HOLD_STATUSES = ['held', 'noted', 'released', 'rejected'] as const;
export type HoldStatus = (typeof HOLD_STATUSES)[number];

export function holdStatusOf({ decision, isEnforced }: Pick<RiskHold, 'decision' | 'isEnforced'>): HoldStatus {
  return decision ?? (isEnforced ? 'held' : 'noted');
}
