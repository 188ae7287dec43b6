import type { Email } from '../domain/email.ts';
import { forbidden, notFound, type Resource } from '../domain/errors.ts';
import type { Caller } from '../domain/identity.ts';
import type { LenderId, LoanId } from '../domain/ids.ts';
import { isRevokedUnanswered, type Lender, type LoanTotals } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import { ZERO } from '../domain/money.ts';
import type { QueryServices, UseCaseContext, ViewContext } from '../execution/use-case.ts';
import { Snapshot, View } from '../execution/view.ts';
import { claimedInvitationsKey, lenderKey, loanKey } from '../storage/keys.ts';
import type { Item, Key } from '../storage/store.ts';

/** A request on the loan of its path. */
export type LoanContext = ViewContext<LoanInput>;

/** The same, once the time of the decision is known. */
export type TimedLoanContext = UseCaseContext<LoanInput>;

interface LoanInput {
  readonly loan_id: LoanId | undefined;
}

/** @throws DomainError `NOT_FOUND` for an id that was malformed, and so names nothing */
export function requireId<Id>(id: Id | undefined, resource: Resource): Id {
  if (id === undefined) throw notFound(resource);
  return id;
}

/** @throws DomainError `FORBIDDEN` unless the caller is the borrower of the loan */
export function requireBorrower(view: View, { input, caller }: LoanContext): void {
  if (requireLoan(view, input.loan_id).data.borrowerId !== caller.userId) {
    throw forbidden('Only the borrower of this loan may change it.');
  }
}

export function requireLoan(view: View, loanId: LoanId | undefined): Item<Loan> {
  const loan = view.at(loanKey(requireId(loanId, 'loan')));
  if (!loan) throw notFound('loan');
  return loan;
}

export function requireLender(view: View, loanId: LoanId, lenderId: LenderId | undefined): Item<Lender> {
  const lender = view.at(lenderKey(loanId, requireId(lenderId, 'lender')));
  if (!lender) throw notFound('lender');
  return lender;
}

/** By input and address: a command needs the same ids in its view and in each plan, and each costs a hash. */
const lenderIds = new WeakMap<object, Map<Email, LenderId>>();

/** The id of an address in the loan of the request. Computed once per request. */
export function lenderIdByEmail({ input, ids }: LoanContext, email: Email): LenderId {
  const known = lenderIds.get(input) ?? new Map<Email, LenderId>();
  lenderIds.set(input, known);
  const lenderId = known.get(email) ?? ids.lender(requireId(input.loan_id, 'loan'), email);
  known.set(email, lenderId);
  return lenderId;
}

/** Keys of the loan, the invitation to the caller's address, and the list of invitations that they have claimed. */
export function callerKeys(context: LoanContext): Key<unknown>[] {
  const loanId = requireId(context.input.loan_id, 'loan');
  return [loanKey(loanId), callerLenderKey(context, loanId), claimedInvitationsKey(loanId, context.caller.userId)];
}

/** Keys of the invitations that the caller has claimed under other addresses. @param view of `callerKeys` */
export function otherClaimedKeys(view: View, context: LoanContext): Key<Lender>[] {
  const loanId = requireId(context.input.loan_id, 'loan');
  const current = lenderIdByEmail(context, context.caller.email);
  const claimed = view.at(claimedInvitationsKey(loanId, context.caller.userId))?.data.lenderIds ?? [];
  return claimed.filter((lenderId) => lenderId !== current).map((lenderId) => lenderKey(loanId, lenderId));
}

/** The caller's invitations to the loan, by id. The borrower has none in their own loan, under any address. */
export function callerInvitations(view: View, context: LoanContext): Item<Lender>[] {
  const { input, caller } = context;
  const loanId = requireId(input.loan_id, 'loan');
  if (view.at(loanKey(loanId))?.data.borrowerId === caller.userId) return [];
  return [callerLenderKey(context, loanId), ...otherClaimedKeys(view, context)]
    .map((key) => view.at(key))
    .filter((lender): lender is Item<Lender> => lender !== undefined && belongsTo(lender.data, caller))
    .sort((a, b) => (a.data.lenderId < b.data.lenderId ? -1 : 1));
}

function callerLenderKey(context: LoanContext, loanId: LoanId): Key<Lender> {
  return lenderKey(loanId, lenderIdByEmail(context, context.caller.email));
}

export interface ReadableLoan {
  /** As the caller sees it. */
  readonly loan: Item<Loan>;
  /** The caller's own; undefined for the borrower. */
  readonly invitations: readonly Item<Lender>[] | undefined;
  /** The last version that the caller sees, where their only invitation was revoked unanswered. */
  readonly lastVersion: number | undefined;
  /** With what the caller of the function has added. */
  readonly view: View;
}

/**
 * Reads the loan for its borrower or one of its lenders. Takes one storage call, two for a lender with invitations
 * under several addresses.
 * @param more keys to read with it
 * @throws DomainError `NOT_FOUND` for anybody else
 */
export async function requireReadableLoan(
  context: LoanContext,
  { store }: QueryServices,
  more: readonly Key<unknown>[] = [],
): Promise<ReadableLoan> {
  const keys = [...callerKeys(context), ...more];
  let view = new View(Snapshot.read(keys, await store.get(keys)));
  const allKeys = [...keys, ...otherClaimedKeys(view, context)];
  if (allKeys.length > keys.length) view = new View(Snapshot.read(allKeys, await store.get(allKeys)));
  const loan = requireLoan(view, context.input.loan_id);
  if (loan.data.borrowerId === context.caller.userId) return { loan, invitations: undefined, lastVersion: undefined, view };
  const invitations = callerInvitations(view, context);
  const [first, ...others] = invitations;
  if (!first) throw notFound('loan');
  const isFrozen = others.length === 0 && isRevokedUnanswered(first.data); // others were answered
  const seen = isFrozen ? loanSeenBy(loan, first.data) : loan;
  return { loan: seen, invitations, lastVersion: isFrozen ? seen.version : undefined, view };
}

/** The totals that are shown where those at the revocation are not known: of a loan that nobody was invited to yet. */
const TOTALS_AT_FIRST: LoanTotals = { version: 1, totalInvited: ZERO, totalAccepted: ZERO, lenderCount: 0, acceptedCount: 0 };

/** The loan as the owner of an invitation sees it: as it was, where the invitation was revoked unanswered. */
export function loanSeenBy(loan: Item<Loan>, lender: Lender): Item<Loan> {
  if (!isRevokedUnanswered(lender)) return loan;
  const { version, ...totals } = lender.loanAtRevocation ?? TOTALS_AT_FIRST;
  return { ...loan, version, data: { ...loan.data, ...totals, status: 'open' } }; // only an open loan's invitations are revoked
}

/** An invitation belongs to the owner of its address until a user claims it by answering. */
export function belongsTo({ userId, email }: Lender, caller: Pick<Caller, 'email' | 'userId'>): boolean {
  return userId === null ? email === caller.email : userId === caller.userId;
}
