import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { newestLoan } from './newest-loan.ts';

const loan = (version: number) => ({ loan_id: 'L', version });

it('does not go back to a state that was read before an event came', async () => {
  const queries = new QueryClient();
  const queryKey = ['loan', 'L'];
  const { promise, resolve } = Promise.withResolvers<object>();
  const read = queries.fetchQuery({ queryKey, queryFn: () => promise, structuralSharing: newestLoan });
  queries.setQueryData(queryKey, loan(3));
  resolve(loan(2));
  await read;
  expect(queries.getQueryData(queryKey)).toEqual(loan(3));
  queries.setQueryData(queryKey, loan(4));
  expect(queries.getQueryData(queryKey)).toEqual(loan(4));
});

it('keeps the same object for the same state, so that nothing is rendered again', () => {
  const known = loan(2);
  expect(newestLoan(known, loan(2))).toBe(known);
  expect(newestLoan(undefined, known)).toBe(known);
});
