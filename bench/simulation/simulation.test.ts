import { describe, expect, it } from 'vitest';
import { chooseLoan, seeded, TokenBucket } from './random.ts';
import { type SimulationConfig, simulate } from './simulation.ts';

const UNLIMITED = Number.MAX_SAFE_INTEGER;

function configWith(changes: Partial<SimulationConfig>): SimulationConfig {
  return {
    seed: 1,
    load: { kind: 'writers', writers: 1, each: 5 },
    loans: 1,
    popularity: 'even',
    processes: 'many',
    times: { networkMs: 2, viewMs: 4, commitMs: 10, ownMs: 1 },
    units: { add: 48, partition: 30 },
    limits: { table: UNLIMITED, partition: UNLIMITED, functions: UNLIMITED },
    ...changes,
  };
}

const writers = (count: number): SimulationConfig['load'] => ({ kind: 'writers', writers: count, each: 4 });
const arrivals: SimulationConfig['load'] = { kind: 'arrivals', perSecond: 200, seconds: 20, warmUpSeconds: 1 };

describe('simulate', () => {
  it('needs one call for a single writer, with the sum of the times', () => {
    expect(simulate(configWith({}))).toMatchObject({
      requests: 5,
      successes: 5,
      calls: 5,
      p50Ms: 13,
      p99Ms: 13,
      functionsAtOnce: 1,
    });
  });

  it('reads a view first when none is cached', () => {
    const config = configWith({ load: { kind: 'arrivals', perSecond: 1, seconds: 50, warmUpSeconds: 0 }, loans: 1_000_000 });
    const { requests, calls, p50Ms } = simulate(config);
    expect([calls / requests, p50Ms]).toEqual([2, 19]);
  });

  it('queues the commands of one process, without conflicts', () => {
    const { requests, successes, calls, p99Ms } = simulate(configWith({ load: writers(16), processes: 'one' }));
    expect([requests, successes, calls]).toEqual([64, 64, 64]);
    expect(p99Ms).toBe(16 * 12 + 1);
  });

  it('has more conflicts and failures with more processes', () => {
    const results = [2, 8, 32].map((count) => simulate(configWith({ load: writers(count) })));
    expect(results.map(({ successes, contention, calls }) => [successes, contention, calls])).toEqual([
      [8, 0, 15],
      [28, 4, 106],
      [48, 80, 1065],
    ]);
  });

  it('returns the same result for the same seed, and another for another seed', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => simulate(configWith({ seed, load: writers(8) })));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('throttles requests over the limit of the table', () => {
    const limits = { table: 4800, partition: UNLIMITED, functions: UNLIMITED };
    const { requests, successes, throttledByTable } = simulate(configWith({ load: arrivals, loans: 1_000_000, limits }));
    expect(successes / 20).toBeCloseTo(100, 0);
    expect(successes + throttledByTable).toBe(requests);
  });

  it('throttles a partition while the table is below its limit', () => {
    const limits = { table: UNLIMITED, partition: 300, functions: UNLIMITED };
    const simulated = simulate(
      configWith({ load: arrivals, loans: 5, limits, times: { networkMs: 0, viewMs: 0, commitMs: 0, ownMs: 0 } }),
    );
    expect(simulated.throttledByTable).toBe(0);
    expect(simulated.successes / 20).toBeCloseTo(5 * 10, 0);
  });

  it('rejects requests over the limit of functions', () => {
    const limits = { table: UNLIMITED, partition: UNLIMITED, functions: 1 };
    const { functionsAtOnce, turnedAway } = simulate(configWith({ load: arrivals, loans: 1_000_000, limits }));
    expect(functionsAtOnce).toBe(1);
    expect(turnedAway).toBeGreaterThan(0);
  });
});

describe('random', () => {
  it('seeded returns the same numbers for the same seed', () => {
    const random = seeded(7);
    expect([random(), random()]).toEqual([seeded(7)(), expect.closeTo(0.5, 0)]);
  });

  it('chooseLoan follows Zipf’s law', () => {
    const random = seeded(1);
    const counts = [0, 0, 0];
    for (let drawn = 0; drawn < 30_000; drawn += 1) {
      const loan = chooseLoan(999, 'zipf', random);
      if (loan < 3) counts[loan] = (counts[loan] ?? 0) + 1;
    }
    const shares = counts.map((count) => count / 30_000);
    for (const [index, share] of shares.entries())
      expect(share).toBeCloseTo(Math.log((index + 2) / (index + 1)) / Math.log(1000), 2);
  });

  it('chooseLoan is uniform for even popularity', () => {
    expect([0, 0.5, 0.999].map((drawn) => chooseLoan(10, 'even', () => drawn))).toEqual([0, 5, 9]);
  });

  it('TokenBucket refills up to the units of one second', () => {
    const bucket = new TokenBucket(100);
    expect([
      bucket.consume(1, 0),
      bucket.consume(50, 500),
      bucket.consume(1, 500),
      bucket.consume(101, 9000),
      bucket.consume(100, 9000),
    ]).toEqual([false, true, false, false, true]);
  });
});
