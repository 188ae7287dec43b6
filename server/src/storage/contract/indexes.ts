import { describe, expect, it } from 'vitest';
import { type ContractSetup, command, commit, expectIndex, write } from './helpers.ts';

export function indexContract(setup: ContractSetup): void {
  describe('listIndex', () => {
    it('lists newest first by default, after a position, up to a limit', async () => {
      const { store, partition } = setup;
      const writes = ['1', '10', '2', '9#a', '9#b'].map((sort) => write(setup.keyAt(sort), 1, { index: { partition, sort } }));
      await store.commit(command('all'), writes);
      await expectIndex(setup, partition, ['9#b', '9#a', '2', '10', '1']);
      await expectIndex(setup, partition, ['9#b', '9#a'], { limit: 2 });
      await expectIndex(setup, partition, ['2', '10'], { after: '9#a', limit: 2 });
      await expectIndex(setup, partition, ['2', '10', '1'], { after: '5' });
      await expectIndex(setup, partition, [], { after: '1' });
    });

    it('lists oldest first in ascending order', async () => {
      const { store, partition } = setup;
      const writes = ['1', '10', '2', '9#a', '9#b'].map((sort) => write(setup.keyAt(sort), 1, { index: { partition, sort } }));
      await store.commit(command('all'), writes);
      const order = 'ascending';
      await expectIndex(setup, partition, ['1', '10', '2', '9#a', '9#b'], { order });
      await expectIndex(setup, partition, ['1', '10'], { order, limit: 2 });
      await expectIndex(setup, partition, ['2', '9#a'], { order, after: '10', limit: 2 });
      await expectIndex(setup, partition, ['9#a', '9#b'], { order, after: '5' });
      await expectIndex(setup, partition, [], { order, after: '9#b' });
    });

    it('returns the keys of items in any partition', async () => {
      const { store, partition } = setup;
      const all = ['1', '2', '3'].map((sort) => ({ partition: `${partition}#${sort}`, sort: `thing#${sort}` }));
      const writes = all.map((key, index) => write(key, 1, { index: { partition, sort: `${index}` } }));
      await store.commit(command('all'), writes);
      await expectIndex(setup, partition, ['2', '1', '0']);
      const rows = await store.listIndex({ partition, limit: 10 });
      expect(rows).toEqual([2, 1, 0].map((index) => ({ key: all[index], position: `${index}` })));
    });

    it('lists only items with an entry in the partition', async () => {
      const { store, partition } = setup;
      await store.commit(command('all'), [
        write(setup.keyAt('plain'), 1),
        write(setup.keyAt('here'), 1, { index: { partition, sort: '1' } }),
        write(setup.keyAt('there'), 1, { index: { partition: `${partition}#`, sort: '2' } }),
      ]);
      await expectIndex(setup, partition, ['1']);
      await expectIndex(setup, `${partition}#`, ['2']);
    });
  });
}

interface Move {
  readonly title: string;
  /** The new entry; its partition is the test's with this suffix. */
  readonly entry: readonly [suffix: string, sort: string] | undefined;
  readonly here: readonly string[];
  readonly there: readonly string[];
}

const MOVES: readonly Move[] = [
  { title: 'moves within its partition', entry: ['', '9'], here: ['9', '5'], there: [] },
  { title: 'moves to another partition', entry: ['#other', '3'], here: ['5'], there: ['3'] },
  { title: 'is removed by a change without an entry', entry: undefined, here: ['5'], there: [] },
  { title: 'stays at a change with the same entry', entry: ['', '3'], here: ['5', '3'], there: [] },
];

export function indexEntryContract(setup: ContractSetup): void {
  describe('an index entry', () => {
    it.each(MOVES)('$title', async ({ entry, here, there }) => {
      const { store, partition, key } = setup;
      await store.commit(command('before'), [
        write(key, 1, { index: { partition, sort: '3' } }),
        write(setup.keyAt('staying'), 1, { index: { partition, sort: '5' } }),
      ]);
      await expectIndex(setup, partition, ['5', '3']);
      const index = entry && { partition: partition + entry[0], sort: entry[1] };
      await commit(store, { key, expected: 1, data: 2, ...(index && { index }) });
      await expectIndex(setup, partition, here);
      await expectIndex(setup, `${partition}#other`, there);
    });

    it('is restored by a change with an entry', async () => {
      const { store, partition, key } = setup;
      const index = { partition, sort: '3' };
      await commit(store, write(key, 1, { index }));
      await commit(store, { key, expected: 1, data: 2 });
      await expectIndex(setup, partition, []);
      await commit(store, { key, expected: 2, data: 3, index });
      await expectIndex(setup, partition, ['3']);
    });
  });
}
