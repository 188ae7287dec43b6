import { describe, expect, it } from 'vitest';
import { type ContractSetup, command, commit, expectIndex, write } from './helpers.ts';

export function indexing(ground: ContractSetup): void {
  describe('listing the index', () => {
    it('lists the newest first, behind a position, up to a limit', async () => {
      const { store, partition } = ground;
      const writes = ['1', '10', '2', '9#a', '9#b'].map((sort) => write(ground.key(sort), 1, { index: { partition, sort } }));
      await store.commit(command('all'), writes);
      await expectIndex(ground, partition, ['9#b', '9#a', '2', '10', '1']);
      await expectIndex(ground, partition, ['9#b', '9#a'], { limit: 2 });
      await expectIndex(ground, partition, ['2', '10'], { after: '9#a', limit: 2 });
      await expectIndex(ground, partition, ['2', '10', '1'], { after: '5' });
      await expectIndex(ground, partition, [], { after: '1' });
    });

    it('lists the oldest first where that is asked for', async () => {
      const { store, partition } = ground;
      const writes = ['1', '10', '2', '9#a', '9#b'].map((sort) => write(ground.key(sort), 1, { index: { partition, sort } }));
      await store.commit(command('all'), writes);
      const order = 'ascending';
      await expectIndex(ground, partition, ['1', '10', '2', '9#a', '9#b'], { order });
      await expectIndex(ground, partition, ['1', '10'], { order, limit: 2 });
      await expectIndex(ground, partition, ['2', '9#a'], { order, after: '10', limit: 2 });
      await expectIndex(ground, partition, ['9#a', '9#b'], { order, after: '5' });
      await expectIndex(ground, partition, [], { order, after: '9#b' });
    });

    it('points to the items, which may stand in many partitions', async () => {
      const { store, partition } = ground;
      const all = ['1', '2', '3'].map((sort) => ({ partition: `${partition}#${sort}`, sort: `thing#${sort}` }));
      const writes = all.map((key, index) => write(key, 1, { index: { partition, sort: `${index}` } }));
      await store.commit(command('all'), writes);
      await expectIndex(ground, partition, ['2', '1', '0']);
      const hits = await store.listIndex({ partition, limit: 10 });
      expect(hits).toEqual([2, 1, 0].map((index) => ({ key: all[index], position: `${index}` })));
    });

    it('has only items with an entry, each in its own place', async () => {
      const { store, partition } = ground;
      await store.commit(command('all'), [
        write(ground.key('plain'), 1),
        write(ground.key('here'), 1, { index: { partition, sort: '1' } }),
        write(ground.key('there'), 1, { index: { partition: `${partition}#`, sort: '2' } }),
      ]);
      await expectIndex(ground, partition, ['1']);
      await expectIndex(ground, `${partition}#`, ['2']);
    });
  });
}

interface Move {
  readonly title: string;
  /** The new entry: its place by what stands behind the partition's name. */
  readonly entry: readonly [place: string, sort: string] | undefined;
  readonly here: readonly string[];
  readonly there: readonly string[];
}

const MOVES: readonly Move[] = [
  { title: 'moves within its place', entry: ['', '9'], here: ['9', '5'], there: [] },
  { title: 'moves to another place', entry: ['#other', '3'], here: ['5'], there: ['3'] },
  { title: 'leaves when a change has no entry', entry: undefined, here: ['5'], there: [] },
  { title: 'stays when a change has the same entry', entry: ['', '3'], here: ['5', '3'], there: [] },
];

export function moving(ground: ContractSetup): void {
  describe('an item in the index', () => {
    it.each(MOVES)('$title', async ({ entry, here, there }) => {
      const { store, partition } = ground;
      const key = ground.key('moving');
      await store.commit(command('before'), [
        write(key, 1, { index: { partition, sort: '3' } }),
        write(ground.key('staying'), 1, { index: { partition, sort: '5' } }),
      ]);
      await expectIndex(ground, partition, ['5', '3']);
      const index = entry && { partition: partition + entry[0], sort: entry[1] };
      await commit(store, { key, expected: 1, data: 2, ...(index && { index }) });
      await expectIndex(ground, partition, here);
      await expectIndex(ground, `${partition}#other`, there);
    });

    it('comes back when a change has an entry for it again', async () => {
      const { store, partition } = ground;
      const key = ground.key('a');
      const index = { partition, sort: '3' };
      await commit(store, write(key, 1, { index }));
      await commit(store, { key, expected: 1, data: 2 });
      await expectIndex(ground, partition, []);
      await commit(store, { key, expected: 2, data: 3, index });
      await expectIndex(ground, partition, ['3']);
    });
  });
}
