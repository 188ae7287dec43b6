import type { CreateLoanData } from '@private-lending/client';
import { parseCurrency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { type AmountProblem, parseAmount } from '@private-lending/locale/read-amount';
import { NAME_LENGTH_MAX } from '../../app/name-limits.ts';

/** What is typed, as text. The names of members are those of the API, so that its errors find their fields. */
export interface LoanInput {
  readonly amount: string;
  readonly currency: string;
  readonly interest_rate: string;
  readonly term_months: string;
  readonly purpose: string;
  /** Of the borrower, who is asked for it where no issuer gives it. */
  readonly name: string;
}

export type LoanField = keyof LoanInput;

export const LOAN_FIELDS = [
  'amount',
  'currency',
  'interest_rate',
  'term_months',
  'purpose',
  'name',
] as const satisfies readonly LoanField[];

/* The limits of the API. */

export const TERM_MONTHS_MAX = 480;
export const PURPOSE_LENGTH_MAX = 500;
const RATE_MAX = 100;

/** Line breaks, other control characters, and marks that change the writing direction. */
const FORBIDDEN_IN_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** More combining marks on one letter than any language writes. */
const STACKED_MARKS = /\p{M}{31}/u;

export type LoanProblem =
  | { readonly kind: 'amount'; readonly problem: AmountProblem }
  | {
      readonly kind:
        | 'missingAmount'
        | 'amountRejected'
        | 'currency'
        | 'rate'
        | 'term'
        | 'purposeLength'
        | 'purposeText'
        | 'missingName'
        | 'nameLength';
    };

type LoanBody = NonNullable<CreateLoanData['body']>;
type CurrencyCode = NonNullable<LoanBody['currency']>;

interface ValidatedLoan {
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly interest_rate: number;
  readonly term_months: number;
  readonly purpose: string | null;
  readonly name: string;
}

type LoanProblems = Partial<Record<LoanField, LoanProblem>>;

/** The values of the fields that are valid, and what is wrong with the others. */
interface LoanReading {
  readonly values: { readonly [Field in LoanField]: ValidatedLoan[Field] | undefined };
  readonly problems: LoanProblems;
}

/** Reads what is typed, with the limits of the API. @param asksName whether the form has the borrower's name */
export function readLoanInput(input: LoanInput, language: Language, asksName = false): LoanReading {
  const results = {
    amount: readAmountOf(input, language),
    currency: readCurrency(input.currency),
    interest_rate: readRate(input.interest_rate),
    term_months: readTerm(input.term_months),
    purpose: readPurpose(input.purpose),
    name: asksName ? readName(input.name) : { value: '' },
  };
  const problems: LoanProblems = {};
  for (const field of LOAN_FIELDS) {
    const result = results[field];
    if ('problem' in result) problems[field] = result.problem;
  }
  const values = {
    amount: valueIn(results.amount),
    currency: valueIn(results.currency),
    interest_rate: valueIn(results.interest_rate),
    term_months: valueIn(results.term_months),
    purpose: valueIn(results.purpose),
    name: valueIn(results.name),
  };
  return { values, problems };
}

/** @returns the request, if every field is valid */
export function toLoanBody({ values, problems }: LoanReading): LoanBody | undefined {
  const { amount, currency, interest_rate, term_months, purpose } = values;
  if (Object.keys(problems).length > 0 || amount === undefined || currency === undefined) return undefined;
  if (interest_rate === undefined || term_months === undefined) return undefined;
  return { amount, currency, interest_rate, term_months, ...(purpose && { purpose }) };
}

type Result<Value> = { readonly value: Value } | { readonly problem: LoanProblem };

function problem(kind: Exclude<LoanProblem['kind'], 'amount'>): { readonly problem: LoanProblem } {
  return { problem: { kind } };
}

function readAmountOf({ amount, currency: code }: LoanInput, language: Language): Result<string> {
  const currency = parseCurrency(code);
  if (!currency || amount.trim() === '') return problem('missingAmount');
  const read = parseAmount(amount, currency, language);
  return 'amount' in read ? { value: read.amount } : { problem: { kind: 'amount', problem: read.problem } };
}

function valueIn<Value>(result: Result<Value>): Value | undefined {
  return 'value' in result ? result.value : undefined;
}

function readCurrency(code: string): Result<CurrencyCode> {
  return isCurrencyCode(code) ? { value: code } : problem('currency');
}

function isCurrencyCode(code: string): code is CurrencyCode {
  return parseCurrency(code) !== undefined;
}

/** Takes a comma or a point as the decimal mark in every language: a rate has no thousands. */
function readRate(text: string): Result<number> {
  const [, digits] = /^(\d{1,3}(?:[.,]\d{1,3}0*)?)\s*%?$/.exec(text.trim()) ?? [];
  const rate = Number(digits?.replace(',', '.'));
  return digits === undefined || rate > RATE_MAX ? problem('rate') : { value: rate };
}

function readTerm(text: string): Result<number> {
  const months = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return months < 1 || months > TERM_MONTHS_MAX ? problem('term') : { value: months };
}

function readPurpose(text: string): Result<string | null> {
  const line = readLine(text);
  if (line === undefined) return problem('purposeText');
  if ([...line].length > PURPOSE_LENGTH_MAX) return problem('purposeLength');
  return { value: line === '' ? null : line };
}

function readName(text: string): Result<string> {
  const line = readLine(text);
  if (line === undefined) return problem('purposeText');
  if ([...line].length > NAME_LENGTH_MAX) return problem('nameLength');
  return line === '' ? problem('missingName') : { value: line };
}

/** @returns undefined for a text with characters that the API rejects */
function readLine(text: string): string | undefined {
  const trimmed = text.trim();
  const line = STACKED_MARKS.test(trimmed) ? undefined : trimmed.normalize('NFC');
  return line === undefined || !line.isWellFormed() || FORBIDDEN_IN_LINE.test(line) ? undefined : line;
}
