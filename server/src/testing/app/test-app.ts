import type { Claims } from '../../auth/local-issuer.ts';
import { type AppOptions, createApp } from '../../composition/app.ts';
import { type Config, readConfig } from '../../config/config.ts';
import { instrumented, type StoreVerb } from '../../storage/instrumented-store.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { makeLog } from '../../telemetry/log.ts';
import { PrometheusMetrics } from '../../telemetry/prometheus.ts';
import { bearer, httpClient } from './http-client.ts';
import { signIn, type TestUser } from './test-user.ts';

/** 2026-03-01 09:15 UTC: far from the ends of its hour and its day. */
export const TEST_NOW = Date.UTC(2026, 2, 1, 9, 15);

/** The store, in memory if left out, is closed by `close`; metrics are for Prometheus if left out. */
export interface TestAppOptions
  extends Partial<
    Pick<AppOptions, 'console' | 'holdsResponses' | 'lockWaitMs' | 'metrics' | 'store' | 'usesViewCache' | 'waitingMax'>
  > {
  readonly config?: Partial<Config>;
}

export type TestApp = Awaited<ReturnType<typeof openTestApp>>;

/** The real app on a real store, called in process, with a clock that only `advance` moves. */
export async function openTestApp({ config, store: engine = openSqlite(':memory:'), ...options }: TestAppOptions = {}) {
  const calls: StoreVerb[] = [];
  const logged: string[] = [];
  const time = { now: TEST_NOW };
  const prometheus = new PrometheusMetrics();
  const store = instrumented(engine, (verb) => {
    calls.push(verb);
    prometheus.storeCalled(verb);
  });
  const app = await createApp({
    metrics: prometheus,
    ...options,
    config: { ...readConfig({ REQUESTS_PER_SECOND: '0' }), ...config },
    store,
    log: makeLog({ write: (line) => void logged.push(line) }),
    clock: () => time.now,
  });

  return {
    ...httpClient(app.fetch),
    app,
    store,
    /** Signs a user in at the local issuer. */
    as: (address: string, claims: Omit<Claims, 'email'> = {}): Promise<TestUser> => signIn(app, () => time.now, address, claims),
    /** A client with any token. */
    withToken: (token: string) => ({ ...httpClient(app.fetch, () => bearer(token)), token }),
    /** Calls of the store so far. */
    calls,
    /** Log lines so far, as JSON. */
    logged,
    /** The calls of the store that `work` causes. */
    async callsOf(work: () => Promise<unknown>): Promise<StoreVerb[]> {
      const before = calls.length;
      await work();
      return calls.slice(before);
    },
    get now(): number {
      return time.now;
    },
    advance(ms: number): void {
      time.now += ms;
    },
    close: () => store.close(),
  };
}

/** Lenders of a request: `lenders(2, 100)` is ann0 and ann1 with 100 each. */
export function lenders(count: number, amount: number | string, prefix = 'ann') {
  return Array.from({ length: count }, (_, index) => ({ email: `${prefix}${index}@example.com`, contribution_amount: amount }));
}
