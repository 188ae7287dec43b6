import { ApiError } from '@private-lending/client';
import { expect, it } from 'vitest';
import { createLoan } from '../../../../server/src/usecases/loans/create-loan.ts';
import { rejectedFields } from './rejected-fields.ts';

it('has a text of the console for every field of a loan that the server may reject', () => {
  const body = { amount: '-1', currency: 'usd', interest_rate: 101, term_months: 0, purpose: '\0' };
  const { error } = createLoan.input.safeParse(body);
  const details = (error?.issues ?? []).map(({ path, message }) => ({ path: path.join('.'), code: 'INVALID' as const, message }));
  expect(details).toHaveLength(Object.keys(body).length);
  const context = {
    requestId: 'R',
    attempts: 1,
    retryable: false,
    status: 400,
    code: 'VALIDATION_ERROR',
    body: {},
    details,
  } as const;
  expect(rejectedFields(new ApiError('by the server', context))).toEqual({
    amount: { kind: 'amountRejected' },
    currency: { kind: 'currency' },
    interest_rate: { kind: 'rate' },
    term_months: { kind: 'term' },
    purpose: { kind: 'purposeText' },
  });
});

it('has nothing for errors of no field', () => {
  expect(rejectedFields(new TypeError('a mistake in a page'))).toEqual({});
});
