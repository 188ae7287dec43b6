import { describe, expect, it } from 'vitest';
import { type Attributes, asLocalSumsUp, sizeOf, unitsToDelete, unitsToGet, unitsToList, unitsToPut } from './capacity.ts';

function itemOf(bytes: number, more: Attributes = {}): Attributes {
  const rest = { pk: { S: 'p' }, sk: { S: 's' }, ...more };
  return { ...rest, d: { S: 'x'.repeat(bytes - sizeOf(rest) - 1) } };
}

const entry = (partition: string): Attributes => ({ ip: { S: partition }, is: { S: 'first' } });

describe('sizeOf', () => {
  it.each<[number, Attributes]>([
    [0, {}],
    [7, { pk: { S: 'añ😀'.slice(0, 2) }, d: { S: 'x' } }],
    [3, { v: { N: '7' } }],
    [4, { v: { N: '123' } }],
    [3, { v: { N: '1000' } }],
    [10, { ttl: { N: '177236821234' } }],
  ])('is %i bytes for %o', (bytes, item) => {
    expect(sizeOf(item)).toBe(bytes);
  });
});

describe('units of a read', () => {
  it('are of 4 KB per item, doubled in a transaction, halved if eventually consistent', () => {
    const items = [itemOf(4096), itemOf(4097), undefined];
    expect(['eventual', 'strong', 'transactional'].map((how) => unitsToGet(items, how as 'strong'))).toEqual([2, 4, 8]);
  });

  it('are rounded up once for a query, and the least for an empty one', () => {
    expect(unitsToList([itemOf(3000), itemOf(3000)], 'strong')).toBe(2);
    expect(unitsToList([], 'eventual')).toBe(0.5);
  });
});

describe('units of a write', () => {
  it('are of 1 KB each, of the larger version', () => {
    expect(unitsToPut(itemOf(1024), undefined)).toEqual({ table: 1, index: 0 });
    expect(unitsToPut(itemOf(1025), undefined)).toEqual({ table: 2, index: 0 });
    expect(unitsToPut(itemOf(100), itemOf(3000))).toEqual({ table: 3, index: 0 });
  });

  it('count a new, a changed and a removed index entry, and no unchanged one', () => {
    const [here, there, nowhere] = [itemOf(200, entry('here')), itemOf(300, entry('there')), itemOf(100)];
    const pairs = [
      [here, undefined],
      [there, here],
      [nowhere, here],
      [itemOf(400, entry('here')), here],
    ] as const;
    expect(pairs.map(([item, before]) => unitsToPut(item, before).index)).toEqual([1, 2, 1, 0]);
  });

  it('of a delete are those of the deleted item and its index entry, and the least where there is none', () => {
    const deleted = [itemOf(1025, entry('here')), itemOf(100), undefined].map(unitsToDelete);
    expect(deleted).toEqual([
      { table: 2, index: 1 },
      { table: 1, index: 0 },
      { table: 1, index: 0 },
    ]);
  });

  it('are added by DynamoDB Local without equal items, and with the index doubled', () => {
    const [loan, lender] = [
      { table: 1, index: 0 },
      { table: 1, index: 1 },
    ];
    expect(asLocalSumsUp([loan, lender, lender, loan, { table: 4, index: 0 }])).toBe(14);
  });
});
