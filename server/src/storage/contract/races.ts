import { describe, expect, it } from 'vitest';
import type { Item, Key, Store } from '../store.ts';
import { type ContractSetup, command, commit, write } from './helpers.ts';

const RACERS = 50;
const COUNTERS = 100;
const COMMITS = 40;

export function raceContract(setup: ContractSetup): void {
  describe('concurrent calls', () => {
    it('commit exactly one of 50 writes of one version, and return the winner’s item to the others', async () => {
      const { store, key } = setup;
      for (let version = 0; version < 5; version += 1) {
        const racers = Array.from({ length: RACERS }, (_, index) => `racer-${version}-${index}`);
        const race = racers.map((racer) => store.commit(command(racer), [{ key, expected: version, data: racer }]));
        const results = await Promise.all(race);
        const winners = racers.filter((_, index) => results[index]?.committed);
        expect(winners).toHaveLength(1);
        const current = { key, version: version + 1, command: winners[0], data: winners[0] };
        expect(await store.get([key])).toEqual([current]);
        for (const result of results) if (!result.committed) expect(result.current.get(0)).toEqual(current);
      }
    });

    it('commit exactly one of several commits that name the same keys in different orders', async () => {
      const { store } = setup;
      const [a, b] = [setup.keyAt('a'), setup.keyAt('b')];
      const race = Array.from({ length: RACERS }, (_, index) => {
        const writes = [write(a, index), write(b, index)];
        return store.commit(command(`racer-${index}`), index % 2 === 0 ? writes : writes.reverse());
      });
      const results = await Promise.all(race);
      expect(results.filter(({ committed }) => committed)).toHaveLength(1);
      const [first, second] = await store.get([a, b]);
      expect(first).toMatchObject({ version: 1, command: second?.command, data: second?.data });
    });

    it('read all of a commit or nothing of it', async () => {
      const { store } = setup;
      const keys = Array.from({ length: 20 }, (_, index) => setup.keyAt(`together#${index}`));
      let isWriting = true;
      const writing = (async () => {
        for (let version = 0; version < COMMITS; version += 1) {
          const writes = keys.map((key) => write(key, version, { expected: version }));
          await store.commit(command(`together-${version}`), writes);
        }
        isWriting = false;
      })();
      const torn: unknown[] = [];
      const reading = async () => {
        while (isWriting) {
          const versions = new Set((await store.get(keys)).map((item) => item?.version));
          if (versions.size > 1) torn.push([...versions]);
          await new Promise(setImmediate); // lets the writer continue where an engine reads synchronously
        }
      };
      await Promise.all([writing, reading(), reading()]);
      expect(torn).toEqual([]);
    });

    it('lose none of 100 increments of one counter', async () => {
      const { store, key } = setup;
      await Promise.all(Array.from({ length: COUNTERS }, () => increment(store, key)));
      expect(await store.get([key])).toMatchObject([{ version: COUNTERS, data: COUNTERS }]);
    });
  });
}

async function increment(store: Store, key: Key<unknown>): Promise<void> {
  let [current]: (Item<unknown> | undefined)[] = await store.get([key]);
  for (;;) {
    const data = Number(current?.data ?? 0) + 1;
    const result = await commit(store, { key, expected: current?.version ?? 0, data });
    if (result.committed) return;
    current = result.current.get(0);
  }
}
