import { describe, expect, it } from 'vitest';
import type { RequestId } from '../domain/ids.ts';
import { StoreError } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { Readiness } from './readiness.ts';

const PROBE = 'probe' as RequestId;

/** One check whose result is set, with a clock that only the test moves. */
function openReadiness(more: { readonly checkMsMax?: number } = {}) {
  const time = { now: 0 };
  const logged: Record<string, unknown>[] = [];
  const state: { runs: number; run: () => Promise<void> } = { runs: 0, run: async () => {} };
  const run = () => {
    state.runs += 1;
    return state.run();
  };
  const readiness = new Readiness({
    checks: [{ failure: 'the store is away', run }],
    log: makeLog({ write: (line) => void logged.push(JSON.parse(line)) }),
    now: () => time.now,
    ...more,
  });
  return { time, logged, state, readiness, check: () => readiness.requireReady({ requestId: PROBE, traceparent: null }) };
}

const throttled = async () => {
  throw new StoreError('throttled', 'ThrottlingException: arn:aws:iam::123456789012:role/lending is slow');
};

describe('Readiness', () => {
  it('runs its checks at most once a second, whether they pass or fail', async () => {
    const { time, state, check } = openReadiness();
    for (let asked = 0; asked < 100; asked += 1) await check();
    time.now = 999;
    await check();
    expect(state.runs).toBe(1);
    time.now = 1000;
    state.run = throttled;
    for (let asked = 0; asked < 100; asked += 1) await expect(check()).rejects.toThrow('Not ready');
    expect(state.runs).toBe(2);
    time.now = 2000;
    state.run = async () => {};
    await check();
    expect(state.runs).toBe(3);
  });

  it('runs one check for all who ask at the same time', async () => {
    const { state, check } = openReadiness();
    await Promise.all(Array.from({ length: 100 }, check));
    expect(state.runs).toBe(1);
  });

  it('says what is wrong without what the engine says after a colon, and logs the cause once', async () => {
    const { state, logged, check, time } = openReadiness();
    state.run = throttled;
    const failure = check();
    await expect(failure).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 10 });
    await expect(failure).rejects.toThrow(
      /^Not ready: the store is away \(ThrottlingException\)\. Please retry after 10 seconds\.$/,
    );
    time.now = 1000;
    await expect(check()).rejects.toThrow('Not ready');
    expect(logged).toHaveLength(1);
    expect(logged).toMatchObject([
      { level: 50, msg: 'not ready: the store is away', request_id: PROBE, err: { type: 'StoreError' } },
    ]);
    state.run = async () => {};
    time.now = 2000;
    await check();
    expect(logged.at(-1)).toMatchObject({ level: 30, msg: 'ready again' });
  });

  it('fails a check that takes too long, and does not start it again while it runs', async () => {
    const { time, state, check } = openReadiness({ checkMsMax: 5 });
    const pending = Promise.withResolvers<void>();
    state.run = () => pending.promise;
    await expect(check()).rejects.toThrow('Not ready: the store is away.');
    time.now = 1000;
    await expect(check()).rejects.toThrow('Not ready: the store is away.');
    expect(state.runs).toBe(1);
    pending.resolve();
    time.now = 2000;
    await check();
  });

  it('fails at once when the program stops', async () => {
    const { readiness, state, check } = openReadiness();
    await check();
    readiness.stop();
    await expect(check()).rejects.toThrow('Not ready: the program is stopping.');
    expect(state.runs).toBe(1);
  });
});
