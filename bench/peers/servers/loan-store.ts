import type { Lender, LoanTotals } from './plan-add.ts';
import { Problem } from './problem.ts';
import type { Caller, IdempotencyKey, LenderInput, LoanInput } from './requests.ts';

/* What both forms of the store share. */

export interface Stored {
  readonly status: number;
  readonly body: string;
  /** Of the first request, if this is a replay. */
  readonly originalRequestId?: string;
}

export interface Loan extends LoanTotals {
  readonly borrowerId: string;
  readonly interestRate: number;
  readonly termMonths: number;
  readonly purpose: string | null;
  readonly totalAccepted: number;
  readonly version: number;
  readonly createdAt: Date;
}

export interface Context {
  readonly caller: Caller;
  readonly key: IdempotencyKey | undefined;
  readonly requestId: string;
}

export interface LoanStore {
  createLoan(input: LoanInput, context: Context): Promise<Stored>;
  addLenders(loanId: string, inputs: readonly LenderInput[], context: Context): Promise<Stored>;
  /** @returns the lender after it */
  revoke(loanId: string, lenderId: string, context: Context): Promise<{ readonly loan: Loan; readonly lender: Lender }>;
  readLoan(loanId: string): Promise<Loan | undefined>;
  listLenders(loanId: string, limit: number): Promise<Lender[]>;
  close(): Promise<void>;
}

export interface Limits {
  readonly invitesPerHour: number;
  readonly loansPerDay: number;
}

export interface StoredKey {
  readonly fingerprint: string | null;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

/** @returns the first response, if the key was used @throws Problem if another request used it */
export function replayOf(stored: StoredKey | undefined, key: IdempotencyKey | undefined): Stored | undefined {
  if (!key || !stored || stored.fingerprint === null) return undefined;
  if (stored.fingerprint !== key.fingerprint) {
    throw new Problem(422, 'This idempotency key was already used for another request. Send a new key with a new request.');
  }
  return { status: stored.status, body: stored.body, originalRequestId: stored.requestId };
}

/** @throws Problem if there is no such loan, or it is another's */
export function requireBorrower(loan: Pick<Loan, 'borrowerId'> | undefined, { userId }: Caller): void {
  if (!loan) throw notFound();
  if (loan.borrowerId !== userId) throw new Problem(403, 'Only the borrower of this loan can do that.');
}

export function notFound(): Problem {
  return new Problem(404, 'There is no such thing, or you have no part in it.');
}

/** @throws Problem if the hourly limit does not allow all of them */
export function requireWithinLimit(isCounted: boolean, what: string, max: number, now: Date): void {
  if (isCounted) return;
  const secondsLeft = 3600 - (Math.floor(now.getTime() / 1000) % 3600);
  throw new Problem(429, `You may send ${max} ${what}. Please retry later.`, [], secondsLeft);
}

export const hourOf = (now: Date) => now.toISOString().slice(0, 13);
export const dayOf = (now: Date) => now.toISOString().slice(0, 10);
