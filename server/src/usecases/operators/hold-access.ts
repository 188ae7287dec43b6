import { forbidden, notFound } from '../../domain/errors.ts';
import type { HoldRef } from '../../domain/risk/hold-id.ts';
import type { UseCaseContext, ViewContext } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { holdKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { requireId } from '../authorization.ts';

/* Shared by the calls of operators. */

interface HoldInput {
  readonly hold_id: HoldRef | undefined;
}

/** A request on the hold of its path. */
export type HoldContext = ViewContext<HoldInput>;

/** The same, once the time of the decision is known. */
export type TimedHoldContext = UseCaseContext<HoldInput>;

/** To be called before anything about a hold is read. @throws DomainError `FORBIDDEN` */
export function requireOperator({ caller }: Pick<ViewContext<unknown>, 'caller'>): void {
  if (!caller.isOperator) throw forbidden('Only operators of this server may do this.');
}

/** Keys of the hold and its loan. @throws DomainError `FORBIDDEN`, `NOT_FOUND` for an id that is malformed */
export function holdViewKeys(context: HoldContext): Key<unknown>[] {
  requireOperator(context);
  const { loanId, invitedAt } = requireId(context.input.hold_id, 'hold');
  return [holdKey(loanId, invitedAt), loanKey(loanId)];
}

/** @param view of `holdViewKeys` @throws DomainError `FORBIDDEN`, `NOT_FOUND` */
export function requireHold(view: View, context: HoldContext) {
  requireOperator(context);
  const { loanId, invitedAt } = requireId(context.input.hold_id, 'hold');
  const hold = view.at(holdKey(loanId, invitedAt));
  const loan = view.at(loanKey(loanId));
  if (!hold || !loan) throw notFound('hold');
  return { hold: hold.data, loan: loan.data };
}
