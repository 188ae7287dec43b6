import { describe, expect, it } from 'vitest';
import { bodyOf, createBatches, rejectionsOf } from './batches.ts';
import { emptyRow, type Row } from './rows.ts';

const CONTEXT = { currency: { code: 'USD', decimals: 2 }, language: 'en', ownEmail: '', invited: new Map() } as const;

function people(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    ...emptyRow(index + 1),
    email: ` p${index}@example.com`,
    amount: '1,000.50',
  }));
}

describe('createBatches', () => {
  it('groups people by 20, in their order', () => {
    const batches = createBatches(people(45), 'seed', CONTEXT);
    expect(batches.map(({ lenders }) => lenders.length)).toEqual([20, 20, 5]);
    expect(batches[1]?.lenders[0]).toEqual({ rowId: 21, email: 'p20@example.com', contribution_amount: '1000.50' });
    expect(new Set(batches.map(({ key }) => key)).size).toBe(3);
  });

  it('gives the same request the same key in two tabs with one draft, and another request another', () => {
    const [batch] = createBatches(people(2), 'seed', CONTEXT);
    const [again] = createBatches(people(2), 'seed', CONTEXT);
    const [changed] = createBatches(
      [...people(1), { ...emptyRow(2), email: 'p1@example.com', amount: '1,000.51' }],
      'seed',
      CONTEXT,
    );
    expect(again?.key).toBe(batch?.key);
    expect(changed?.key).not.toBe(batch?.key);
    expect(createBatches(people(2), 'other', CONTEXT)[0]?.key).not.toBe(batch?.key);
    expect(batch?.key).toMatch(/^[\x21-\x7e]{10,255}$/);
  });

  it('sends the same of somebody who was invited before', () => {
    const invited = new Map([['p1@example.com', 'ended' as const]]);
    const [before, again] = [CONTEXT, { ...CONTEXT, invited }].map((context) => createBatches(people(2), 'seed', context)[0]);
    expect(again?.lenders.map(({ isAgain }) => isAgain)).toEqual([undefined, true]);
    expect(again?.key).toBe(before?.key);
    expect(bodyOf(again?.lenders ?? [])).toEqual(bodyOf(before?.lenders ?? []));
  });

  it('leaves out a blank name', () => {
    const [batch] = createBatches([{ ...emptyRow(1), email: 'a@example.com', amount: '5', name: ' ' }], 'seed', CONTEXT);
    expect(bodyOf(batch?.lenders ?? [])).toEqual({ lenders: [{ email: 'a@example.com', contribution_amount: '5' }] });
  });
});

describe('rejectionsOf', () => {
  it('finds the cell of each violation', () => {
    const [batch] = createBatches(people(3), 'seed', CONTEXT);
    const { byRow, others } = rejectionsOf(batch?.lenders ?? [], [
      { path: 'lenders[0].email', code: 'DUPLICATE_LENDER', message: 'a' },
      { path: 'lenders[2].contribution_amount', code: 'INVALID', message: 'b' },
      { path: 'lenders[2].contribution_amount', code: 'INVALID', message: 'c' },
      { path: 'lenders[1]', code: 'INVALID', message: 'd' },
      { path: 'lenders[9].email', code: 'INVALID', message: 'e' },
      { path: 'lenders', code: 'OVER_FUNDING', message: 'f' },
    ]);
    expect(byRow).toEqual(
      new Map([
        [1, { email: { code: 'DUPLICATE_LENDER', message: 'a' } }],
        [3, { amount: { code: 'AMOUNT_MALFORMED', message: 'b' } }],
        [2, { email: { code: 'INVALID', message: 'd' } }],
      ]),
    );
    expect(others.map(({ message }) => message)).toEqual(['e', 'f']);
  });
});
