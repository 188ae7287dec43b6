import { expect, it } from 'vitest';
import { emptyRow, fillIn } from '../inviting/model/rows.ts';
import { type CellProblem, validateRows } from '../inviting/model/validate.ts';
import { EXAMPLE_FILE } from './example-file.ts';
import { problemOfRow, toPastedRow } from './row-problem.ts';

const USD = { code: 'USD', decimals: 2 };
const EN = { currency: USD, language: 'en', describe: ({ kind }: CellProblem) => `described: ${kind}` } as const;
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

it('has the reason of the server where there is one, and the cells show nothing', () => {
  const named = { ...row, reason: 'NAME_INVALID', name: `${'x'.repeat(59)}…` } as const;
  const rejection = { code: 'NAME_INVALID', message: 'by the server' };
  expect(problemOfRow(named, USD, 'de')).toEqual({ kind: 'rejected', rejection });
  expect(problemOfRow({ ...row, reason: 'EMAIL_INVALID', email: 'ana@' }, USD, 'de')).toEqual({ kind: 'email form' });
});

it('keeps what is known of a row for the table of people', () => {
  const duplicate = { ...row, code: 'DUPLICATE_IN_REQUEST' };
  const known = { email: 'ana@example.com', amount: '100' };
  expect(toPastedRow({ ...duplicate, name: 'Ana' }, EN)).toEqual({ ...known, name: 'Ana' });
  expect(toPastedRow({ ...duplicate, name: 'Ana…' }, EN)).toEqual({ ...known, notes: ['Ana…'] });
  expect(toPastedRow({ ...row, email: 'ana@' }, EN)).toEqual({ ...known, email: 'ana@' });
});

it('does not take a row to the table without a problem where only the server has found one', () => {
  // Such as `ana@example.com,1,200` below two columns.
  const paste = {
    kind: 'lenders',
    header: undefined,
    rows: [toPastedRow({ ...row, contribution_amount: '1' }, EN)],
  } as const;
  const format = { currency: USD, language: 'en' } as const;
  const { rows } = fillIn({ rows: [emptyRow(1)], nextId: 2 }, paste, 1, format);
  expect(rows[0]).toMatchObject({ amount: '1.00', leftovers: ['described: rejected'] });
  const { problems } = validateRows(rows, { ...format, ownEmail: '', invited: new Map() });
  expect(problems.get(1)).toEqual({ name: { kind: 'leftovers' } });
});

it('has an example file without problems', () => {
  const rows = EXAMPLE_FILE.trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
  expect(rows).toHaveLength(3);
  for (const [email = '', amount = '', name = ''] of rows)
    expect(problemOfRow({ ...row, email, contribution_amount: amount, name }, USD, 'de').kind).toBe('rejected');
});
