import { ApiError } from '@private-lending/client';
import { LOAN_FIELDS, type LoanField, type LoanProblem } from './loan-input.ts';

/** The rule of each field, of which the API reports the path alone. */
const PROBLEMS: Readonly<Record<LoanField, LoanProblem>> = {
  amount: { kind: 'amountRejected' },
  currency: { kind: 'currency' },
  interest_rate: { kind: 'rate' },
  term_months: { kind: 'term' },
  purpose: { kind: 'purposeText' },
  name: { kind: 'purposeText' },
};

/** The fields that the API does not accept, although the form has found nothing wrong. */
export function rejectedFields(error: unknown): Partial<Record<LoanField, LoanProblem>> {
  if (!(error instanceof ApiError)) return {};
  const paths = new Set(error.details.map(({ path }) => path));
  return Object.fromEntries(LOAN_FIELDS.filter((field) => paths.has(field)).map((field) => [field, PROBLEMS[field]]));
}
