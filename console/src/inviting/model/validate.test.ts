import { describe, expect, it } from 'vitest';
import { emptyRow, type Row } from './rows.ts';
import { type ValidationContext, validateRows } from './validate.ts';

const CONTEXT: ValidationContext = {
  currency: { code: 'USD', decimals: 2 },
  language: 'en',
  ownEmail: 'owner@example.com',
  invited: new Map([
    ['ida@example.com', 'pending'],
    ['eva@example.com', 'ended'],
  ]),
};

function rows(...changes: readonly Partial<Row>[]): Row[] {
  return changes.map((change, index) => ({ ...emptyRow(index + 1), ...change }));
}

/** The problems of the first row. */
function problemsOf(change: Partial<Row>) {
  return validateRows(rows({ email: 'ann@example.com', amount: '50', ...change }), CONTEXT).problems.get(1);
}

describe('validateRows', () => {
  it('accepts people with address and amount, and passes over blank rows', () => {
    const validation = validateRows(
      rows({ email: 'ann@example.com', amount: '1,250.50' }, {}, { email: 'b@example.com', amount: '7' }),
      CONTEXT,
    );
    expect(validation).toMatchObject({ problems: new Map(), total: 125_750 });
    expect(validation.filled.map(({ id }) => id)).toEqual([1, 3]);
  });

  it.each([
    [{ email: '' }, { email: { kind: 'email missing' } }],
    [{ email: 'ann@' }, { email: { kind: 'email form' } }],
    [{ email: 'OWNER@example.com' }, { email: { kind: 'own address' } }],
    [{ email: 'Ida@example.com' }, { email: { kind: 'already invited', status: 'pending' } }],
    [{ amount: '' }, { amount: { kind: 'amount missing' } }],
    [{ amount: '-5' }, { amount: { kind: 'amount', problem: { kind: 'negative' }, text: '-5' } }],
    [{ amount: '0.001' }, { amount: { kind: 'amount', problem: { kind: 'too many decimals', amount: '0.001' }, text: '0.001' } }],
    [{ amount: '1,234', hasOpenMark: true }, { amount: { kind: 'amount', problem: { kind: 'ambiguous' } } }],
    [{ name: 'a'.repeat(81) }, { name: { kind: 'name too long' } }],
    [{ name: 'a\u202eb' }, { name: { kind: 'name form' } }],
    [{ leftovers: ['200'] }, { name: { kind: 'leftovers' } }],
    [
      { rejected: { email: { code: 'INVALID', message: 'no' } } },
      { email: { kind: 'rejected', rejection: { code: 'INVALID', message: 'no' } } },
    ],
  ])('marks the cell of %j', (change, problems) => {
    expect(problemsOf(change)).toMatchObject(problems);
  });

  it('accepts people whose invitation has ended, and everybody while it is not known who is invited', () => {
    expect(problemsOf({ email: 'eva@example.com' })).toBeUndefined();
    const { problems } = validateRows(rows({ email: 'ida@example.com', amount: '5' }), { ...CONTEXT, invited: undefined });
    expect(problems.size).toBe(0);
  });

  it('does not mark what is only noted', () => {
    expect(problemsOf({ notes: ['Phone: 123'] })).toBeUndefined();
  });

  it('marks each address after its first row, in whatever form', () => {
    const { problems } = validateRows(
      rows(
        { email: 'ann@example.com', amount: '1' },
        { email: 'Ann@Example.com', amount: '1' },
        { email: 'ann@example.com', amount: '1' },
      ),
      CONTEXT,
    );
    expect(problems.get(1)).toBeUndefined();
    expect([problems.get(2), problems.get(3)]).toEqual([
      { email: { kind: 'duplicate', row: 1 } },
      { email: { kind: 'duplicate', row: 1 } },
    ]);
  });

  it('reads amounts as the language writes them', () => {
    const german = validateRows(rows({ email: 'ann@example.com', amount: '1.250,50' }), { ...CONTEXT, language: 'de' });
    expect(german).toMatchObject({ problems: new Map(), total: 125_050 });
  });

  it('leaves amounts that can’t be read out of the sum', () => {
    const { total, totalCount } = validateRows(
      rows({ amount: '1,234', hasOpenMark: true }, { amount: 'x' }, { amount: '5' }),
      CONTEXT,
    );
    expect({ total, totalCount }).toEqual({ total: 500, totalCount: 1 });
  });
});
