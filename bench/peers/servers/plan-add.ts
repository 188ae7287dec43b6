import { uuidV7 } from './ids.ts';
import { format, sumOf, toMajor, toUnits, UNITS_MAX } from './money.ts';
import { type FieldError, Problem, throwIfInvalid } from './problem.ts';
import type { LenderInput } from './requests.ts';

/* The rules of adding lenders. They run while the loan's row is locked. */

export interface LoanTotals {
  readonly loanId: string;
  readonly amount: number;
  readonly currency: string;
  readonly decimals: number;
  readonly totalInvited: number;
  readonly lenderCount: number;
  readonly status: string;
}

export interface Lender {
  readonly lenderId: string;
  readonly email: string;
  readonly name: string | null;
  readonly contribution: number;
  readonly status: string;
  readonly round: number;
  readonly invitedAt: Date;
  readonly expiresAt: Date;
}

export interface AddPlan {
  readonly lenders: readonly Lender[];
  readonly totalInvited: number;
  readonly lenderCount: number;
  /** JSON of the response. */
  readonly body: string;
}

const INVITATION_MS = 30 * 86_400_000;

/**
 * @param existing lenders of the loan with an address of the request
 * @throws Problem with all errors, over-funding last
 */
export function planAdd(loan: LoanTotals, existing: readonly Lender[], inputs: readonly LenderInput[], now: Date): AddPlan {
  if (loan.status !== 'open') throw new Problem(409, `This loan is ${loan.status}. Only an open one can be changed.`);
  const byEmail = new Map(existing.map((lender) => [lender.email, lender]));
  const errors: FieldError[] = [];
  const expiresAt = new Date(now.getTime() + INVITATION_MS);
  let { totalInvited, lenderCount } = loan;
  let requested = 0;
  const lenders = inputs.map(({ email, name, amount }, index): Lender => {
    const previous = byEmail.get(email);
    const isExpired = previous?.status === 'pending' && previous.expiresAt <= now;
    if (previous && isExpired) {
      totalInvited -= previous.contribution;
      lenderCount -= 1;
    } else if (previous?.status === 'pending' || previous?.status === 'accepted') {
      const message = `${email} has already been invited to this loan`;
      errors.push({ path: `lenders[${index}].email`, code: 'DUPLICATE_LENDER', message });
    }
    const units = toUnits(amount, loan.decimals);
    if (units === undefined) errors.push(amountError(`lenders[${index}].contribution_amount`, loan));
    requested += units ?? 0;
    return {
      lenderId: previous?.lenderId ?? uuidV7(),
      email,
      name,
      contribution: units ?? 0,
      status: 'pending',
      round: (previous?.round ?? 0) + 1,
      invitedAt: now,
      expiresAt,
    };
  });
  throwIfInvalid([...errors, ...overFunding(loan, totalInvited, inputs)]);
  totalInvited += requested;
  lenderCount += lenders.length;
  return { lenders, totalInvited, lenderCount, body: bodyOf(loan, lenders, totalInvited) };
}

function amountError(path: string, { decimals, currency }: LoanTotals): FieldError {
  const message = `must have at most ${decimals} decimals and be at most ${format(UNITS_MAX, decimals, currency)}`;
  return { path, code: 'INVALID', message };
}

function overFunding(loan: LoanTotals, totalInvited: number, inputs: readonly LenderInput[]): FieldError[] {
  const { amount, currency, decimals } = loan;
  const sum = sumOf(
    inputs.map((input) => input.amount),
    decimals,
  );
  if (sum.units <= BigInt(amount - totalInvited) * 10n ** BigInt(sum.decimals - decimals)) return [];
  const money = (units: number) => format(units, decimals, currency);
  const message =
    `This would over-fund the loan: amount ${money(amount)}, invited ${money(totalInvited)}, ` +
    `requested ${format(sum.units, sum.decimals, currency)}, remaining ${money(amount - totalInvited)}. ` +
    'Please lower the contributions.';
  return [{ path: 'lenders', code: 'OVER_FUNDING', message }];
}

function bodyOf({ loanId, amount, decimals, currency }: LoanTotals, lenders: readonly Lender[], totalInvited: number): string {
  return JSON.stringify({
    success: true,
    loan_id: loanId,
    lenders_added: lenders.length,
    total_invited: toMajor(totalInvited, decimals),
    loan_amount: toMajor(amount, decimals),
    remaining: toMajor(amount - totalInvited, decimals),
    currency,
    lenders: lenders.map((lender) => presentLender(lender, decimals)),
  });
}

export function presentLender({ lenderId, email, name, contribution, status, invitedAt, expiresAt }: Lender, decimals: number) {
  return {
    lender_id: lenderId,
    email,
    ...(name !== null && { name }),
    contribution_amount: toMajor(contribution, decimals),
    status,
    invited_at: invitedAt,
    expires_at: expiresAt,
  };
}
