import { describe, expect, it } from 'vitest';
import { command } from '../storage/contract/helpers.ts';
import type { Item, Key, Write } from '../storage/store.ts';
import { View } from './view.ts';

const [loan, lender, batch]: readonly [Key<unknown>, Key<unknown>, Key<unknown>] = [
  { partition: 'one', sort: 'loan' },
  { partition: 'one', sort: 'lender' },
  { partition: 'one', sort: 'chapter' },
];

function item(key: Key<unknown>, version: number): Item<unknown> {
  return { key, version, command: command(`command-${version}`), data: { version } };
}

function write(key: Key<unknown>, expected: number): Write {
  return { key, expected, data: {} };
}

describe('a view', () => {
  const view = View.of([loan, lender], [item(loan, 3), undefined]);

  it('has seen everything when it was just read, and holds what stood at each of its keys', () => {
    expect(view.hasSeen([loan, lender])).toBe(true);
    expect(view.at(loan)).toEqual(item(loan, 3));
    expect(view.at(lender)).toBeUndefined();
  });

  it('holds what it was asked for, also where nothing stood', () => {
    expect([view.holds([loan, lender]), view.holds([loan, batch])]).toEqual([true, false]);
  });

  it('tells the version that a write must expect: none where nothing stood, nor where nothing was looked for', () => {
    expect([loan, lender, batch].map((key) => view.versionAt(key))).toEqual([3, 0, 0]);
  });

  it('takes asking for what it does not hold for a programming error', () => {
    expect(() => view.at(batch)).toThrow(TypeError);
  });

  it('tells keys apart by partition and sort', () => {
    expect(() => view.at({ partition: 'on', sort: 'eloan' })).toThrow(TypeError);
    expect(() => view.at({ partition: 'two', sort: 'loan' })).toThrow(TypeError);
  });
});

describe('a view after a refused commit', () => {
  const view = View.of([loan, lender], [item(loan, 3), undefined]);
  const writes = [write(loan, 3), write(batch, 0), write(lender, 0)];

  it('holds what stands now, and has seen it all where all of it was told', () => {
    const corrected = view.corrected(
      writes,
      new Map([
        [0, item(loan, 4)],
        [1, undefined],
        [2, item(lender, 1)],
      ]),
    );
    expect([corrected.at(loan), corrected.at(lender)]).toEqual([item(loan, 4), item(lender, 1)]);
    expect(corrected.hasSeen([loan, lender])).toBe(true);
  });

  it('holds nothing where it was told that nothing stands any more', () => {
    const corrected = view.corrected(
      writes,
      new Map([
        [0, undefined],
        [2, undefined],
      ]),
    );
    expect([corrected.at(loan), corrected.versionAt(loan), corrected.at(lender)]).toEqual([undefined, 0, undefined]);
    expect(corrected.hasSeen([loan, lender])).toBe(true);
  });

  it('keeps what it was told nothing of, and has not seen that', () => {
    const corrected = view.corrected(writes, new Map([[2, item(lender, 1)]]));
    expect([corrected.at(loan), corrected.at(lender)]).toEqual([item(loan, 3), item(lender, 1)]);
    expect([corrected.hasSeen([loan]), corrected.hasSeen([lender]), corrected.hasSeen([lender, loan])]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('has not seen an item that nobody tried to write', () => {
    const corrected = view.corrected([write(loan, 3)], new Map([[0, item(loan, 4)]]));
    expect(corrected.at(loan)).toEqual(item(loan, 4));
    expect([corrected.hasSeen([loan]), corrected.hasSeen([lender])]).toEqual([true, false]);
  });

  it('does not take in what it had not asked for', () => {
    const corrected = view.corrected(writes, new Map([[1, item(batch, 1)]]));
    expect(() => corrected.at(batch)).toThrow(TypeError);
    expect([loan, lender, batch].map((key) => corrected.hasSeen([key]))).toEqual([false, false, false]);
  });

  it('has seen everything again once a later refusal tells all', () => {
    const uncertain = view.corrected(writes, new Map([[0, item(loan, 4)]]));
    const corrected = uncertain.corrected(
      writes,
      new Map([
        [0, item(loan, 5)],
        [2, undefined],
      ]),
    );
    expect([uncertain, corrected].map((each) => each.hasSeen([loan, lender]))).toEqual([false, true]);
    expect(corrected.versionAt(loan)).toBe(5);
  });

  it('leaves the view that it comes from as it was', () => {
    view.corrected(writes, new Map([[0, item(loan, 4)]]));
    expect([view.at(loan), view.hasSeen([loan, lender])]).toEqual([item(loan, 3), true]);
  });
});

describe('a guessed view', () => {
  it('holds what it was given, and has seen none of it', () => {
    const view = View.guessed([loan, lender], [item(loan, 3), undefined]);
    expect([view.at(loan), view.at(lender), view.versionAt(loan)]).toEqual([item(loan, 3), undefined, 3]);
    expect([view.hasSeen([loan]), view.hasSeen([lender])]).toEqual([false, false]);
  });
});
