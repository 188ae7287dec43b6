import { beforeEach, describe, expect, it } from 'vitest';
import { CircuitBreaker, type Permit } from './circuit-breaker.ts';

describe('a circuit breaker', () => {
  let now: number;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    now = 0;
    const time = { elapsed: () => now, random: () => 0.5 }; // three quarters of each pause
    breaker = new CircuitBreaker({ failuresMax: 3, pauseMs: 1000, pauseMsMax: 3000, ...time });
  });

  function entered(): Permit {
    const permit = breaker.enter();
    if (!permit) throw new Error('it is open');
    return permit;
  }

  function fail(times: number): void {
    for (let failure = 0; failure < times; failure += 1) entered().failed();
  }

  it('opens after so many failures in a row, and not before', () => {
    fail(2);
    entered().succeeded();
    fail(2);
    entered().released();
    expect(breaker.enter()).toBeDefined();
    fail(1);
    expect(breaker.enter()).toBeUndefined();
    expect(breaker.remainingMs()).toBe(750);
  });

  it('lets one through after its pause, and all when that succeeds', () => {
    fail(3);
    now = 749;
    expect(breaker.enter()).toBeUndefined();
    now = 750;
    const trial = entered();
    expect(breaker.enter()).toBeUndefined();
    trial.succeeded();
    trial.released();
    fail(2);
    expect(breaker.enter()).toBeDefined();
  });

  it('pauses twice as long after each trial that fails, up to a limit, and as at first once it was well', () => {
    const pauses: number[] = [];
    const tryAndFail = () => {
      pauses.push(breaker.remainingMs());
      now += breaker.remainingMs();
      entered().failed();
    };
    fail(3);
    for (let trial = 0; trial < 4; trial += 1) tryAndFail();
    expect(pauses).toEqual([750, 1500, 2250, 2250]);
    now += breaker.remainingMs();
    entered().succeeded();
    fail(3);
    expect(breaker.remainingMs()).toBe(750);
  });

  it('lets the next one try where a trial was called off', () => {
    fail(3);
    now = 750;
    entered().released();
    entered().succeeded();
    expect([breaker.enter(), breaker.enter()]).not.toContain(undefined);
  });

  it('learns nothing from what was let through before it opened', () => {
    const succeedsLate = entered();
    const failsLate = entered();
    fail(3);
    succeedsLate.succeeded();
    expect(breaker.enter()).toBeUndefined();
    now = 750;
    const trial = entered();
    failsLate.failed();
    trial.succeeded();
    expect(breaker.enter()).toBeDefined();
  });
});
