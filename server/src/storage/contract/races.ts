import { describe, expect, it } from 'vitest';
import type { Item, Key, Store } from '../store.ts';
import { type ContractSetup, command, commit, write } from './helpers.ts';

const RACERS = 50;
const COUNTERS = 100;
const COMMITS = 40;

export function racing(ground: ContractSetup): void {
  describe('racing', () => {
    it('has exactly one winner a version among 50 commits on one key, and tells the others who won', async () => {
      const { store } = ground;
      const key = ground.key('a');
      for (let version = 0; version < 5; version += 1) {
        const racers = Array.from({ length: RACERS }, (_, index) => `racer-${version}-${index}`);
        const race = racers.map((racer) => store.commit(command(racer), [{ key, expected: version, data: racer }]));
        const results = await Promise.all(race);
        const winners = racers.filter((_, index) => results[index]?.committed);
        expect(winners).toHaveLength(1);
        const standing = { key, version: version + 1, command: winners[0], data: winners[0] };
        expect(await store.get([key])).toEqual([standing]);
        for (const result of results) if (!result.committed) expect(result.current.get(0)).toEqual(standing);
      }
    });

    it('has exactly one winner among commits that name the same keys in other orders', async () => {
      const { store } = ground;
      const [a, b] = [ground.key('a'), ground.key('b')];
      const race = Array.from({ length: RACERS }, (_, index) =>
        store.commit(
          command(`racer-${index}`),
          (index % 2 === 0 ? [a, b] : [b, a]).map((key) => write(key, index)),
        ),
      );
      const results = await Promise.all(race);
      expect(results.filter(({ committed }) => committed)).toHaveLength(1);
      const [first, second] = await store.get([a, b]);
      expect(first).toMatchObject({ version: 1, command: second?.command, data: second?.data });
    });

    it('shows a commit whole or not at all to whoever reads what it changes, at whatever moment', async () => {
      const { store } = ground;
      const keys = Array.from({ length: 20 }, (_, index) => ground.key(`together#${index}`));
      let isWriting = true;
      const writing = (async () => {
        for (let version = 0; version < COMMITS; version += 1) {
          await store.commit(
            command(`together-${version}`),
            keys.map((key) => write(key, version, { expected: version })),
          );
        }
        isWriting = false;
      })();
      const torn: unknown[] = [];
      const reading = async () => {
        while (isWriting) {
          const versions = new Set((await store.get(keys)).map((item) => item?.version));
          if (versions.size > 1) torn.push([...versions]);
          await new Promise(setImmediate); // an engine that answers at once must not keep the writing from going on
        }
      };
      await Promise.all([writing, reading(), reading()]);
      expect(torn).toEqual([]);
    });

    it('loses none of 100 increments that race for one counter', async () => {
      const { store } = ground;
      const key = ground.key('counter');
      await Promise.all(Array.from({ length: COUNTERS }, () => increment(store, key)));
      expect(await store.get([key])).toMatchObject([{ version: COUNTERS, data: COUNTERS }]);
    });
  });
}

async function increment(store: Store, key: Key<unknown>): Promise<void> {
  let [standing]: (Item<unknown> | undefined)[] = await store.get([key]);
  for (;;) {
    const data = Number(standing?.data ?? 0) + 1;
    const result = await commit(store, { key, expected: standing?.version ?? 0, data });
    if (result.committed) return;
    standing = result.current.get(0);
  }
}
