import type { Caller } from '../domain/caller.ts';
import { forbidden, notFound } from '../domain/errors.ts';
import type { LenderId, LoanId } from '../domain/ids.ts';
import type { Loan } from '../domain/loan.ts';
import type { Participant } from '../domain/participant.ts';
import { loanKey, participantKey } from '../storage/keys.ts';
import type { Item } from '../storage/store.ts';
import type { Asked, Reading } from './use-case.ts';
import { View } from './view.ts';

/** An id that the form could not take for one names nothing, and what names nothing is not found. */
export function known<Id>(id: Id | undefined, what: 'loan' | 'lender'): Id {
  if (id === undefined) throw notFound(what);
  return id;
}

/** Refuses whoever is not the borrower of the loan that is asked for. */
export function borrowerOnly(view: View, { input, caller }: Asked<{ readonly loan_id: LoanId | undefined }>): void {
  if (loanInView(view, input.loan_id).data.borrowerId !== caller.userId) {
    throw forbidden('Only the borrower of this loan may change it.');
  }
}

export function loanInView(view: View, sentId: LoanId | undefined): Item<Loan> {
  const loan = view.at(loanKey(known(sentId, 'loan')));
  if (!loan) throw notFound('loan');
  return loan;
}

export function lenderInView(view: View, loanId: LoanId, sentId: LenderId | undefined): Item<Participant> {
  const lender = view.at(participantKey(loanId, known(sentId, 'lender')));
  if (!lender) throw notFound('lender');
  return lender;
}

/** A loan that the caller may read, and as whom: `own` is their row where they are a lender in it. */
export interface ReadableLoan {
  readonly loan: Item<Loan>;
  readonly own: Item<Participant> | undefined;
}

/** One storage call. To anybody else than the borrower and the lenders there is no such loan. */
export async function readableLoan(sentId: LoanId | undefined, asked: Asked<unknown>, { store }: Reading): Promise<ReadableLoan> {
  const { caller, ids } = asked;
  const loanId = known(sentId, 'loan');
  const keys = [loanKey(loanId), participantKey(loanId, ids.lender(loanId, caller.email))] as const;
  const view = View.of(keys, await store.get<unknown>(keys));
  const [loan, own] = [view.at(keys[0]), view.at(keys[1])];
  if (!loan) throw notFound('loan');
  const isBorrower = loan.data.borrowerId === caller.userId;
  if (!isBorrower && !(own && isHeldBy(own.data, caller))) throw notFound('loan');
  return { loan, own: isBorrower ? undefined : own };
}

/** Until it is answered, an invitation is its address's; then it is the user's who answered. */
export function isHeldBy(participant: Participant, caller: Caller): boolean {
  return participant.userId === null ? participant.email === caller.email : participant.userId === caller.userId;
}
