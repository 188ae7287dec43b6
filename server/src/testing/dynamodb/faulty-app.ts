import { onTestFinished } from 'vitest';
import { type BreakerOptions, withBreaker } from '../../storage/circuit-breaker.ts';
import { valuesOf } from '../app/read-metrics.ts';
import type { TestResponse } from '../app/response.ts';
import { lenders, openTestApp, type TestApp } from '../app/test-app.ts';
import type { TestUser } from '../app/test-user.ts';
import type { ProxiedTable } from './proxied-store.ts';

const KEY = 'key-of-a-payment-4711';

export interface FaultyAppOptions extends BreakerOptions {
  readonly attemptTimeoutMs?: number;
}

/**
 * The whole program on DynamoDB behind a circuit breaker and a proxy, with a loan that has two lenders. When the test
 * has finished, its log must contain no address, token or key.
 */
export async function openFaultyTestApp(proxied: ProxiedTable, { attemptTimeoutMs, ...breaker }: FaultyAppOptions = {}) {
  const testApp = await openTestApp({ store: withBreaker(proxied.open({ attemptTimeoutMs }), breaker) });
  const borrower = await testApp.as('borrower@example.com');
  const path = `/loans/${await borrower.postsLoan()}`;
  await borrower.post(`${path}/lenders`, { lenders: lenders(2, 50, 'bob') });
  proxied.proxy.clear();
  onTestFinished(() => requireNoSecrets(testApp, borrower));
  return {
    testApp,
    borrower,
    path,
    /** Adds three lenders with a key, the same ones each time. */
    add: (prefix = 'ann'): Promise<TestResponse> =>
      borrower.post(`${path}/lenders`, { lenders: lenders(3, 100, prefix) }, { 'Idempotency-Key': KEY + prefix }),
    errorCounts: () => valuesOf('api_errors_total', testApp),
    /** The loan's totals, and the names of its lenders by its rows and by its events. */
    async loanState() {
      const { loan } = (await borrower.get(path)).body;
      const { lenders: rows } = (await borrower.get(`${path}/lenders?limit=100`)).body;
      const { events } = (await borrower.get(`${path}/events?limit=100`)).body;
      return {
        totals: [loan.total_invited, loan.lender_count],
        invited: namesIn(rows),
        history: namesIn(events.filter((event: { type: string }) => event.type === 'lender.invited')),
      };
    },
  };
}

/** The names in the addresses of rows or events, sorted. */
function namesIn(entries: readonly unknown[]): string[] {
  return entries.flatMap((entry) => /(\w+)@example.com/.exec(JSON.stringify(entry))?.[1] ?? []).sort((a, b) => a.localeCompare(b));
}

function stateWith(totals: readonly number[], names: readonly string[]) {
  return { totals, invited: names, history: names };
}

/** The loan before `add`, and after it has added each of its lenders once. */
export const BEFORE = stateWith([100, 2], ['bob0', 'bob1']);
export const ADDED_ONCE = stateWith([400, 5], ['ann0', 'ann1', 'ann2', 'bob0', 'bob1']);

function requireNoSecrets({ logged }: TestApp, { token }: TestUser): void {
  const log = logged.join('').toLowerCase();
  const secrets = ['example.com', 'borrower@', 'ann0', 'bob0', KEY, ...token.split('.').slice(1)];
  const leaked = secrets.filter((secret) => log.includes(secret.toLowerCase()));
  if (leaked.length > 0) throw new Error(`the log contains ${leaked.join(', ')}`);
}
