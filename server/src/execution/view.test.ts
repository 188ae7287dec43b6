import { describe, expect, it } from 'vitest';
import { command } from '../storage/contract/helpers.ts';
import { type Item, type Key, keyText, type Write } from '../storage/store.ts';
import { Snapshot, View } from './view.ts';

const [loan, lender, batch]: readonly [Key<unknown>, Key<unknown>, Key<unknown>] = [
  { partition: 'one', sort: 'loan' },
  { partition: 'one', sort: 'lender' },
  { partition: 'one', sort: 'batch' },
];

function item(key: Key<unknown>, version: number): Item<unknown> {
  return { key, version, command: command(`command-${version}`), data: { version } };
}

function write(key: Key<unknown>, expected: number): Write {
  return { key, expected, data: {} };
}

function consistentAmong(snapshot: Snapshot, keys: readonly Key<unknown>[]): Key<unknown>[] {
  return keys.filter((key) => snapshot.isConsistent([keyText(key)]));
}

describe('View', () => {
  const newView = () => new View(Snapshot.read([loan, lender], [item(loan, 3), undefined]));

  it('returns the item that was read at a key, and undefined where there was none', () => {
    const view = newView();
    expect([view.at(loan), view.at(lender)]).toEqual([item(loan, 3), undefined]);
  });

  it('records which keys a decision read', () => {
    const view = newView();
    expect([...view.reads]).toEqual([]);
    view.at(loan);
    view.at(loan);
    expect([...view.reads]).toEqual([keyText(loan)]);
    view.at(lender);
    expect([...view.reads]).toEqual([keyText(loan), keyText(lender)]);
  });

  it('does not count the version that a write expects as a read', () => {
    const view = newView();
    view.versionAt(loan);
    expect([...view.reads]).toEqual([]);
  });

  it('expects version 0 where no item was found and where none was looked up', () => {
    expect([loan, lender, batch].map((key) => newView().versionAt(key))).toEqual([3, 0, 0]);
  });

  it('throws a TypeError for a key that was not looked up', () => {
    expect(() => newView().at(batch)).toThrow(TypeError);
  });

  it('distinguishes keys by partition and sort', () => {
    expect(() => newView().at({ partition: 'on', sort: 'eloan' })).toThrow(TypeError);
    expect(() => newView().at({ partition: 'two', sort: 'loan' })).toThrow(TypeError);
  });
});

describe('Snapshot', () => {
  const snapshot = Snapshot.read([loan, lender], [item(loan, 3), undefined]);

  it('has the keys that were looked up, also where no item was found', () => {
    expect([loan, lender, batch].map((key) => snapshot.has(keyText(key)))).toEqual([true, true, false]);
  });

  it('is consistent in all that was read at once', () => {
    expect(snapshot.isConsistent([keyText(loan), keyText(lender)])).toBe(true);
  });

  it('has no consistent key when it comes from the cache', () => {
    const cached = Snapshot.cached([loan, lender], [item(loan, 3), undefined]);
    expect([cached.get(keyText(loan)), cached.get(keyText(lender))]).toEqual([item(loan, 3), undefined]);
    expect(consistentAmong(cached, [loan, lender])).toEqual([]);
  });
});

describe('Snapshot after a version conflict', () => {
  const snapshot = Snapshot.read([loan, lender], [item(loan, 3), undefined]);
  const writes = [write(loan, 3), write(batch, 0), write(lender, 0)];

  it('holds what the conflict returned, consistent where all of it was returned', () => {
    const after = snapshot.afterConflict(
      writes,
      new Map([
        [0, item(loan, 4)],
        [1, undefined],
        [2, item(lender, 1)],
      ]),
    );
    expect([after.get(keyText(loan)), after.get(keyText(lender))]).toEqual([item(loan, 4), item(lender, 1)]);
    expect(after.isConsistent([keyText(loan), keyText(lender)])).toBe(true);
  });

  it('holds nothing at a key whose item is gone', () => {
    const after = snapshot.afterConflict(
      writes,
      new Map([
        [0, undefined],
        [2, undefined],
      ]),
    );
    expect([after.get(keyText(loan)), new View(after).versionAt(loan), after.get(keyText(lender))]).toEqual([
      undefined,
      0,
      undefined,
    ]);
    expect(after.isConsistent([keyText(loan), keyText(lender)])).toBe(true);
  });

  it('keeps items that the conflict did not return, no longer consistent', () => {
    const after = snapshot.afterConflict(writes, new Map([[2, item(lender, 1)]]));
    expect([after.get(keyText(loan)), after.get(keyText(lender))]).toEqual([item(loan, 3), item(lender, 1)]);
    expect(consistentAmong(after, [loan, lender])).toEqual([lender]);
    expect(after.isConsistent([keyText(lender), keyText(loan)])).toBe(false);
  });

  it('is not consistent in an item that the commit did not write', () => {
    const after = snapshot.afterConflict([write(loan, 3)], new Map([[0, item(loan, 4)]]));
    expect(after.get(keyText(loan))).toEqual(item(loan, 4));
    expect(consistentAmong(after, [loan, lender])).toEqual([loan]);
  });

  it('ignores the current item of a key that was not read', () => {
    const after = snapshot.afterConflict(writes, new Map([[1, item(batch, 1)]]));
    expect(after.has(keyText(batch))).toBe(false);
    expect(consistentAmong(after, [loan, lender, batch])).toEqual([]);
  });

  it('is consistent again once a later conflict returns everything', () => {
    const first = snapshot.afterConflict(writes, new Map([[0, item(loan, 4)]]));
    const second = first.afterConflict(
      writes,
      new Map([
        [0, item(loan, 5)],
        [2, undefined],
      ]),
    );
    expect([first, second].map((each) => each.isConsistent([keyText(loan), keyText(lender)]))).toEqual([false, true]);
    expect(new View(second).versionAt(loan)).toBe(5);
  });

  it('leaves the snapshot that it comes from unchanged', () => {
    snapshot.afterConflict(writes, new Map([[0, item(loan, 4)]]));
    expect(snapshot.get(keyText(loan))).toEqual(item(loan, 3));
    expect(consistentAmong(snapshot, [loan, lender])).toEqual([loan, lender]);
  });
});
