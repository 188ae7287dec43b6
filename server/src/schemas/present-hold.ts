import type * as z from 'zod';
import type { EventBatch } from '../domain/event-batch.ts';
import type { Loan } from '../domain/loan.ts';
import { toMajorUnits } from '../domain/money.ts';
import { holdIdOf } from '../domain/risk/hold-id.ts';
import { holdStatusOf } from '../domain/risk/hold-status.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';
import type { holdShape, holdWithLendersShape } from './hold-responses.ts';
import { presentTime } from './presenters.ts';

type HoldJson = z.output<typeof holdShape>;

/** @param labels of the features of reasons */
export function presentHold(hold: RiskHold, loan: Loan, labels: ReadonlyMap<string, string>): HoldJson {
  return {
    hold_id: holdIdOf(hold),
    loan_id: hold.loanId,
    status: holdStatusOf(hold),
    is_enforced: hold.isEnforced,
    invitations: hold.invitations,
    score: hold.score,
    // A feature of an earlier model may have no label any more.
    reasons: hold.reasons.map(({ feature, contribution }) => ({ feature, label: labels.get(feature) ?? feature, contribution })),
    model_version: hold.modelVersion,
    invited_at: presentTime(hold.invitedAt),
    decided_at: hold.decidedAt === null ? null : presentTime(hold.decidedAt),
    decided_by: hold.decidedBy,
    borrower: { name: loan.borrowerName, email: loan.borrowerEmail },
    loan: { amount: toMajorUnits(loan.amount, loan.currency), currency: loan.currency.code, purpose: loan.purpose },
  };
}

/** @param batch with the invitations; undefined where it is not stored */
export function presentInvited(loan: Loan, batch: EventBatch | undefined): z.output<typeof holdWithLendersShape>['lenders'] {
  return (batch?.events ?? []).flatMap((event) => {
    if (event.type !== 'lender.invited') return [];
    const { email, name, contribution } = event.lender;
    return [{ email, name, contribution_amount: toMajorUnits(contribution, loan.currency) }];
  });
}
