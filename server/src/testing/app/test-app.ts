import type { Claims } from '../../auth/local-issuer.ts';
import { createApp } from '../../composition/app.ts';
import { type Config, readConfig } from '../../config/config.ts';
import { instrumented, type StoreVerb } from '../../storage/instrumented-store.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import type { Store } from '../../storage/store.ts';
import { makeLog } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { PrometheusMetrics } from '../../telemetry/prometheus.ts';
import { requireOpenApiConformance } from './openapi-conformance.ts';
import { type Answer, answerOf } from './response.ts';
import { type Sending, signIn, type TestUser } from './test-user.ts';

export type { Answer } from './response.ts';
export { LOAN, type TestUser as Person } from './test-user.ts';

/*
 * A whole program in one process for tests: the real app on a real store, with a clock that stands until it is moved,
 * and every answer held against the reference that the program itself publishes.
 */

/** 2026-03-01, a quarter past nine in UTC: far from the ends of its hour and its day. */
export const TEST_NOW = Date.UTC(2026, 2, 1, 9, 15);

export interface TestAppOptions {
  readonly config?: Partial<Config>;
  /** Opened by the caller, closed by `close`. In memory if left out. */
  readonly store?: Store;
  readonly waitingMax?: number;
  readonly usesViewCache?: boolean;
  /** For Prometheus if left out. */
  readonly metrics?: Metrics;
}

export type TestApp = Awaited<ReturnType<typeof openTestApp>>;

export async function openTestApp(options: TestAppOptions = {}) {
  const config: Config = { ...readConfig({ REQUESTS_PER_SECOND: '0' }), ...options.config };
  const calls: StoreVerb[] = [];
  const logged: string[] = [];
  const time = { now: TEST_NOW };
  const prometheus = new PrometheusMetrics();
  const store = instrumented(options.store ?? openSqlite(':memory:'), (verb) => {
    calls.push(verb);
    prometheus.storeCalled(verb);
  });
  const app = await createApp({
    config,
    store,
    log: makeLog({ write: (line) => void logged.push(line) }),
    metrics: options.metrics ?? prometheus,
    clock: () => time.now,
    ...(options.waitingMax !== undefined && { waitingMax: options.waitingMax }),
    ...(options.usesViewCache !== undefined && { usesViewCache: options.usesViewCache }),
  });

  async function send(method: string, path: string, { headers = {}, body, raw }: Sending = {}): Promise<Answer> {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = new Request(`http://localhost:3000${path}`, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(content !== undefined && { body: content, duplex: 'half' }),
    });
    const answer = await answerOf(await app.fetch(request));
    requireOpenApiConformance(method, path, answer);
    return answer;
  }

  /** Somebody who signs in at the local issuer. */
  function as(address: string, claims: Omit<Claims, 'email'> = {}): Promise<TestUser> {
    return signIn({ localIssuer: app.localIssuer, send, now: () => time.now }, address, claims);
  }

  return {
    app,
    store,
    send,
    as,
    /** The calls that the store got, in order. */
    calls,
    /** The lines that were logged. */
    logged,
    /** The calls that `work` makes the store get. */
    async callsOf(work: () => Promise<unknown>): Promise<StoreVerb[]> {
      const before = calls.length;
      await work();
      return calls.slice(before);
    },
    get now(): number {
      return time.now;
    },
    /** Moves the clock forward. */
    advance(ms: number): void {
      time.now += ms;
    },
    close: () => store.close(),
  };
}

/** Lenders as a request names them: `lenders(2, 100)` asks ann0 and ann1 for 100 each. */
export function lenders(
  count: number,
  amount: number | string,
  prefix = 'ann',
): { email: string; contribution_amount: number | string }[] {
  return Array.from({ length: count }, (_, index) => ({ email: `${prefix}${index}@example.com`, contribution_amount: amount }));
}
