import { expect, it } from 'vitest';
import { problemOfRow } from './row-problem.ts';

const USD = { code: 'USD', decimals: 2 };
const row = { email: 'ana@example.com', contribution_amount: '100', code: 'INVALID', message: 'by the server' };

it.each([
  [{ email: 'ana@' }, 'email form'],
  [{ email: '' }, 'email missing'],
  [{ contribution_amount: '' }, 'amount missing'],
  [{ contribution_amount: '1.005' }, 'amount'],
  [{ name: 'x'.repeat(81) }, 'name too long'],
])('finds what is wrong with the cells of %j', (cells, kind) => {
  expect(problemOfRow({ ...row, ...cells }, USD, 'de').kind).toBe(kind);
});

it.each([{}, { email: `${'x'.repeat(60)}…` }, { code: 'DUPLICATE_IN_REQUEST', email: 'ana@' }])(
  'has the error of the server where the cells of %j do not explain it',
  (cells) => {
    const problem = problemOfRow({ ...row, ...cells }, USD, 'de');
    expect(problem).toEqual({ kind: 'rejected', rejection: { code: { ...row, ...cells }.code, message: 'by the server' } });
  },
);
