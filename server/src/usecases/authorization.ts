import { forbidden, notFound } from '../domain/errors.ts';
import type { Caller } from '../domain/identity.ts';
import type { LenderId, LoanId } from '../domain/ids.ts';
import type { Lender } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import type { CommandContext, QueryServices } from '../execution/use-case.ts';
import { Snapshot, View } from '../execution/view.ts';
import { claimedInvitationsKey, lenderKey, loanKey } from '../storage/keys.ts';
import type { Item, Key } from '../storage/store.ts';

/** A request on the loan that its path names. */
export type LoanContext = CommandContext<{ readonly loan_id: LoanId | undefined }>;

/** An id that the form could not take for one names nothing, and what names nothing is not found. */
export function requireId<Id>(id: Id | undefined, what: 'import' | 'invitation' | 'lender' | 'loan'): Id {
  if (id === undefined) throw notFound(what);
  return id;
}

/** Refuses whoever is not the borrower of the loan that is asked for. */
export function requireBorrower(view: View, { input, caller }: LoanContext): void {
  if (requireLoan(view, input.loan_id).data.borrowerId !== caller.userId) {
    throw forbidden('Only the borrower of this loan may change it.');
  }
}

export function requireLoan(view: View, sentId: LoanId | undefined): Item<Loan> {
  const loan = view.at(loanKey(requireId(sentId, 'loan')));
  if (!loan) throw notFound('loan');
  return loan;
}

export function requireLender(view: View, loanId: LoanId, sentId: LenderId | undefined): Item<Lender> {
  const lender = view.at(lenderKey(loanId, requireId(sentId, 'lender')));
  if (!lender) throw notFound('lender');
  return lender;
}

/** Where a loan and a caller's part in it stand: the row of their address, and what tells of rows under others. */
export function callerKeys({ input, caller, ids }: LoanContext): Key<unknown>[] {
  const loanId = requireId(input.loan_id, 'loan');
  return [loanKey(loanId), lenderKey(loanId, ids.lender(loanId, caller.email)), claimedInvitationsKey(loanId, caller.userId)];
}

/** The rows that a caller holds under other addresses than today's, as a view of `callerKeys` tells. */
export function otherClaimedKeys(view: View, { input, caller, ids }: LoanContext): Key<Lender>[] {
  const loanId = requireId(input.loan_id, 'loan');
  const today = ids.lender(loanId, caller.email);
  const held = view.at(claimedInvitationsKey(loanId, caller.userId))?.data.lenderIds ?? [];
  return held.filter((lenderId) => lenderId !== today).map((lenderId) => lenderKey(loanId, lenderId));
}

/** The caller's rows in a loan, in the order of their ids. A borrower has none in their own loan, under any address. */
export function callerInvitations(view: View, context: LoanContext): Item<Lender>[] {
  const { input, caller, ids } = context;
  const loanId = requireId(input.loan_id, 'loan');
  if (view.at(loanKey(loanId))?.data.borrowerId === caller.userId) return [];
  return [lenderKey(loanId, ids.lender(loanId, caller.email)), ...otherClaimedKeys(view, context)]
    .map((key) => view.at(key))
    .filter((row): row is Item<Lender> => row !== undefined && belongsTo(row.data, caller))
    .sort((a, b) => (a.data.lenderId < b.data.lenderId ? -1 : 1));
}

/** A loan that the caller may read, and as whom: `own` are their rows where they are a lender in it. */
export interface ReadableLoan {
  readonly loan: Item<Loan>;
  readonly invitations: readonly Item<Lender>[] | undefined;
}

/**
 * One storage call, two for whoever holds a row under another address than today's. To anybody else than the borrower
 * and the lenders there is no such loan.
 */
export async function requireReadableLoan(context: LoanContext, { store }: QueryServices): Promise<ReadableLoan> {
  const keys = callerKeys(context);
  let view = new View(Snapshot.read(keys, await store.get(keys)));
  const all = [...keys, ...otherClaimedKeys(view, context)];
  if (all.length > keys.length) view = new View(Snapshot.read(all, await store.get(all)));
  const loan = requireLoan(view, context.input.loan_id);
  if (loan.data.borrowerId === context.caller.userId) return { loan, invitations: undefined };
  const invitations = callerInvitations(view, context);
  if (invitations.length === 0) throw notFound('loan');
  return { loan, invitations };
}

/** Until it is answered, an invitation is its address's; then it is the user's who answered. */
export function belongsTo(participant: Lender, caller: Pick<Caller, 'email' | 'userId'>): boolean {
  return participant.userId === null ? participant.email === caller.email : participant.userId === caller.userId;
}
