import { conflict } from '../../domain/errors.ts';
import type { Mailing } from '../../domain/mail/mailing.ts';
import { decideHold } from '../../domain/risk/decide-hold.ts';
import type { HoldDecision } from '../../domain/risk/risk-hold.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentHold } from '../../schemas/present-hold.ts';
import { holdKey, mailingKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { requireId } from '../authorization.ts';
import { type HoldContext, requireHold, type TimedHoldContext } from './hold-access.ts';

/* Shared by the decisions on a hold. */

/** Keys of the mailings that wait for the decision. */
export function waitingMailingKeys(view: View, { input }: HoldContext): Key<Mailing>[] {
  const { loanId, invitedAt } = requireId(input.hold_id, 'hold');
  const hold = view.at(holdKey(loanId, invitedAt))?.data;
  return hold?.isEnforced && hold.decision === null ? hold.mailingIds.map(mailingKey) : [];
}

/** @throws DomainError `CONFLICT` where an operator has decided otherwise */
export function planDecision(view: View, context: TimedHoldContext, decision: HoldDecision): Plan {
  const { caller, now, rules } = context;
  const { hold, loan } = requireHold(view, context);
  const bodyOf = (of: typeof hold) => ({ success: true, hold: presentHold(of, loan, rules.riskLabels) });
  if (hold.decision === decision) return { body: bodyOf(hold) };
  if (hold.decision !== null) throw conflict(`This hold is ${hold.decision} already. A decision is final.`);
  const mailings = waitingMailingKeys(view, context).flatMap((key) => view.at(key)?.data ?? []);
  const decidedHold = decideHold(hold, mailings, decision, caller.userId, now);
  return { decidedHold, body: bodyOf(decidedHold.hold) };
}
