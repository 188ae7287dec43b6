import { describe, expect, it } from 'vitest';
import { Bucket, chosenOf, seeded } from './random.ts';
import { type Setting, simulate } from './simulation.ts';

const FREE = Number.MAX_SAFE_INTEGER;

function settingWith(changes: Partial<Setting>): Setting {
  return {
    seed: 1,
    load: { kind: 'writers', writers: 1, each: 5 },
    loans: 1,
    popularity: 'even',
    processes: 'many',
    times: { networkMs: 2, viewMs: 4, commitMs: 10, ownMs: 1 },
    units: { add: 48, partition: 30 },
    limits: { table: FREE, partition: FREE, functions: FREE },
    ...changes,
  };
}

const writers = (count: number): Setting['load'] => ({ kind: 'writers', writers: count, each: 4 });
const arrivals: Setting['load'] = { kind: 'arrivals', perSecond: 200, seconds: 20, warmUpSeconds: 1 };

describe('the simulation', () => {
  it('takes one call for a writer who is alone, and its time is that of its parts', () => {
    expect(simulate(settingWith({}))).toMatchObject({
      requests: 5,
      successes: 5,
      calls: 5,
      p50Ms: 13,
      p99Ms: 13,
      functionsAtOnce: 1,
    });
  });

  it('looks first where nothing is remembered', () => {
    const alone = settingWith({ load: { kind: 'arrivals', perSecond: 1, seconds: 50, warmUpSeconds: 0 }, loans: 1_000_000 });
    const { requests, calls, p50Ms } = simulate(alone);
    expect([calls / requests, p50Ms]).toEqual([2, 19]);
  });

  it('lets those of one process take turns, so that nobody loses a race', () => {
    const { requests, successes, calls, p99Ms } = simulate(settingWith({ load: writers(16), processes: 'one' }));
    expect([requests, successes, calls]).toEqual([64, 64, 64]);
    expect(p99Ms).toBe(16 * 12 + 1);
  });

  it('has those of many processes lose races, the more the more they are, and gives up on some', () => {
    const told = [2, 8, 32].map((count) => simulate(settingWith({ load: writers(count) })));
    expect(told.map(({ successes, contention, calls }) => [successes, contention, calls])).toEqual([
      [8, 0, 15],
      [28, 4, 106],
      [48, 80, 1065],
    ]);
  });

  it('says the same for the same seed, and something else for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => simulate(settingWith({ seed, load: writers(8) })));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('lets through what a table allows, and throttles the rest', () => {
    const limits = { table: 4800, partition: FREE, functions: FREE };
    const { requests, successes, throttledByTable } = simulate(settingWith({ load: arrivals, loans: 1_000_000, limits }));
    expect(successes / 20).toBeCloseTo(100, 0);
    expect(successes + throttledByTable).toBe(requests);
  });

  it('throttles one partition while the table has room', () => {
    const limits = { table: FREE, partition: 300, functions: FREE };
    const simulated = simulate(
      settingWith({ load: arrivals, loans: 5, limits, times: { networkMs: 0, viewMs: 0, commitMs: 0, ownMs: 0 } }),
    );
    expect(simulated.throttledByTable).toBe(0);
    expect(simulated.successes / 20).toBeCloseTo(5 * 10, 0);
  });

  it('turns away who finds no function free', () => {
    const limits = { table: FREE, partition: FREE, functions: 1 };
    const { functionsAtOnce, turnedAway } = simulate(settingWith({ load: arrivals, loans: 1_000_000, limits }));
    expect(functionsAtOnce).toBe(1);
    expect(turnedAway).toBeGreaterThan(0);
  });
});

describe('chance', () => {
  it('is the same for the same seed', () => {
    const random = seeded(7);
    expect([random(), random()]).toEqual([seeded(7)(), expect.closeTo(0.5, 0)]);
  });

  it('asks for popular loans as Zipf has it', () => {
    const random = seeded(1);
    const counts = [0, 0, 0];
    for (let drawn = 0; drawn < 30_000; drawn += 1) {
      const loan = chosenOf(999, 'zipf', random);
      if (loan < 3) counts[loan] = (counts[loan] ?? 0) + 1;
    }
    const shares = counts.map((count) => count / 30_000);
    for (const [place, share] of shares.entries())
      expect(share).toBeCloseTo(Math.log((place + 2) / (place + 1)) / Math.log(1000), 2);
  });

  it('asks for all loans alike where they are', () => {
    expect([0, 0.5, 0.999].map((drawn) => chosenOf(10, 'even', () => drawn))).toEqual([0, 5, 9]);
  });

  it('fills a bucket with time, up to a second’s worth', () => {
    const bucket = new Bucket(100);
    expect([bucket.take(1, 0), bucket.take(50, 500), bucket.take(1, 500), bucket.take(101, 9000), bucket.take(100, 9000)]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
});
