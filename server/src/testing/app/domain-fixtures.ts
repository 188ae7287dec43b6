import { type Currency, currencyCodes, parseCurrency } from '@private-lending/locale/currencies';
import fc from 'fast-check';
import { userIdOf } from '../../auth/token-verifier.ts';
import { type Email, parseEmail } from '../../domain/email.ts';
import { DomainError } from '../../domain/errors.ts';
import { type LenderId, type LoanId, parseLenderId, parseLoanId, type UserId } from '../../domain/ids.ts';
import { parseInterestRate } from '../../domain/interest-rate.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import { type DecimalAmount, MINOR_UNITS_MAX, type MinorUnits, parseAmount, toMinorUnits, ZERO } from '../../domain/money.ts';

/* Values of domain types for tests of the rules. Parsed like real input, never cast. */

export const DAY_MS = 86_400_000;

/** The time of every decision, unless a test says otherwise. */
export const NOW = Date.UTC(2026, 2, 1, 9, 15);

export const currencies: fc.Arbitrary<Currency> = fc.constantFrom(...currencyCodes).map(currencyOf);

export const minorUnits: fc.Arbitrary<MinorUnits> = fc.integer({ min: 1, max: MINOR_UNITS_MAX }).map(unitsOf);

export function currencyOf(code: string): Currency {
  return found(parseCurrency(code), code);
}

export function unitsOf(count: number): MinorUnits {
  return count === 0 ? ZERO : found(toMinorUnits(amountOf(count), { code: 'JPY', decimals: 0 }), count);
}

export function amountOf(amount: number | string): DecimalAmount {
  return found(parseAmount(amount), amount);
}

export function emailOf(address: string): Email {
  return found(parseEmail(address), address);
}

export function userIdFor(name: string): UserId {
  return userIdOf('urn:samples', name);
}

export const LOAN_ID: LoanId = found(parseLoanId('019cb2f0-0000-7000-8000-000000000001'), 'a loan id');

/** Deterministic by name. */
export function lenderIdFor(name: string): LenderId {
  return found(parseLenderId(Buffer.from(name.padEnd(16, '.')).subarray(0, 16).toString('base64url')), name);
}

/** An open loan of 20,000.00 USD without lenders. */
export function loanOf(changes: Partial<Loan> = {}): Loan {
  return {
    loanId: LOAN_ID,
    borrowerId: userIdFor('borrower'),
    borrowerEmail: emailOf('borrower@example.com'),
    borrowerName: null,
    amount: unitsOf(2_000_000),
    currency: currencyOf('USD'),
    interestRate: found(parseInterestRate(4.5), 'a rate'),
    termMonths: 36,
    purpose: null,
    totalInvited: ZERO,
    totalAccepted: ZERO,
    lenderCount: 0,
    acceptedCount: 0,
    status: 'open',
    createdAt: NOW - 90 * DAY_MS,
    nextExpiry: null,
    ...changes,
  };
}

/** A loan with the totals of its lenders. */
export function loanWith(lenders: readonly Lender[], changes: Partial<Loan> = {}): Loan {
  const live = lenders.filter(({ status }) => status === 'pending' || status === 'accepted');
  const accepted = live.filter(({ status }) => status === 'accepted');
  const sum = (rows: readonly Lender[]) => unitsOf(rows.reduce((total, { contribution }) => total + contribution, 0));
  return loanOf({
    totalInvited: sum(live),
    totalAccepted: sum(accepted),
    lenderCount: live.length,
    acceptedCount: accepted.length,
    ...changes,
  });
}

/** A lender with 5,000.00 USD, invited a day ago for 30 days. */
export function lenderOf(name: string, changes: Partial<Lender> = {}): Lender {
  return {
    loanId: LOAN_ID,
    lenderId: lenderIdFor(name),
    email: emailOf(`${name}@example.com`),
    name: null,
    contribution: unitsOf(500_000),
    status: 'pending',
    round: 1,
    invitedAt: NOW - DAY_MS,
    expiresAt: NOW + 29 * DAY_MS,
    userId: null,
    ...changes,
  };
}

/** Freezes deeply, so that mutation throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}

/** The error that a rule throws. */
export function errorOf(rule: () => unknown): DomainError {
  try {
    rule();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('no DomainError was thrown');
}

/** @throws TypeError if a parser found `what` not valid */
export function found<Value>(value: Value | undefined, what: unknown): Value {
  if (value === undefined) throw new TypeError(`${String(what)} is not valid`);
  return value;
}
