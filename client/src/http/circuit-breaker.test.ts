import { beforeEach, describe, expect, it } from 'vitest';
import { CircuitBreaker, type Permit } from './circuit-breaker.ts';

describe('CircuitBreaker', () => {
  let now: number;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    now = 0;
    const time = { elapsed: () => now, random: () => 0.5 }; // pauses are three quarters of their upper bound
    breaker = new CircuitBreaker({ failuresMax: 3, pauseMs: 1000, pauseMsMax: 3000, ...time });
  });

  function acquire(): Permit {
    const permit = breaker.tryAcquire();
    if (!permit) throw new Error('the breaker is open');
    return permit;
  }

  function fail(times: number): void {
    for (let failure = 0; failure < times; failure += 1) acquire().failed();
  }

  it('opens after the configured number of consecutive failures, not before', () => {
    fail(2);
    acquire().succeeded();
    fail(2);
    acquire().released();
    expect(breaker.tryAcquire()).toBeDefined();
    fail(1);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.remainingMs()).toBe(750);
  });

  it('allows one trial after the pause, and closes when the trial succeeds', () => {
    fail(3);
    now = 749;
    expect(breaker.tryAcquire()).toBeUndefined();
    now = 750;
    const trial = acquire();
    expect(breaker.tryAcquire()).toBeUndefined();
    trial.succeeded();
    trial.released();
    fail(2);
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('doubles the pause with each failed trial up to a limit, and starts over after a success', () => {
    const pauses: number[] = [];
    const failTrial = () => {
      pauses.push(breaker.remainingMs());
      now += breaker.remainingMs();
      acquire().failed();
    };
    fail(3);
    for (let trial = 0; trial < 4; trial += 1) failTrial();
    expect(pauses).toEqual([750, 1500, 2250, 2250]);
    now += breaker.remainingMs();
    acquire().succeeded();
    fail(3);
    expect(breaker.remainingMs()).toBe(750);
  });

  it('allows another trial when one is released without a result', () => {
    fail(3);
    now = 750;
    acquire().released();
    acquire().succeeded();
    expect([breaker.tryAcquire(), breaker.tryAcquire()]).not.toContain(undefined);
  });

  it('ignores results of attempts from before it opened', () => {
    const lateSuccess = acquire();
    const lateFailure = acquire();
    fail(3);
    lateSuccess.succeeded();
    expect(breaker.tryAcquire()).toBeUndefined();
    now = 750;
    const trial = acquire();
    lateFailure.failed();
    trial.succeeded();
    expect(breaker.tryAcquire()).toBeDefined();
  });
});
