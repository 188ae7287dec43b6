import { onTestFinished } from 'vitest';
import { type BreakerOptions, withBreaker } from '../../storage/circuit-breaker.ts';
import { valuesOf } from '../app/read-metrics.ts';
import { type Answer, lenders, openTestApp, type Person, type TestApp } from '../app/test-app.ts';
import type { ProxiedTable } from './proxied-store.ts';

/* The whole program on DynamoDB as it is in production, behind a circuit breaker, with a proxy before the database. */

export const KEY = 'key-of-a-payment-4711';

export interface FaultyAppOptions extends BreakerOptions {
  readonly tryMsMax?: number;
}

/** A lab in which a borrower has posted a loan and added two lenders. */
export async function openFaultyTestApp(proxied: ProxiedTable, { tryMsMax, ...breaker }: FaultyAppOptions = {}) {
  const testApp = await openTestApp({ store: withBreaker(proxied.open(tryMsMax === undefined ? {} : { tryMsMax }), breaker) });
  const borrower = await testApp.as('borrower@example.com');
  const path = `/loans/${await borrower.postsLoan()}`;
  await borrower.post(`${path}/lenders`, { lenders: lenders(2, 50, 'bob') });
  proxied.proxy.clear();
  onTestFinished(() => requireNoSecrets(testApp, borrower));
  return {
    testApp,
    borrower,
    path,
    /** Adds three lenders, always the same, under a key. */
    add: (prefix = 'ann'): Promise<Answer> =>
      borrower.post(`${path}/lenders`, { lenders: lenders(3, 100, prefix) }, { 'Idempotency-Key': KEY + prefix }),
    /** What was counted as gone wrong. */
    errors: () => valuesOf('api_errors_total', testApp),
    /** What became of the loan: its totals, who is invited, and what its history tells of it. */
    async stands(): Promise<Standing> {
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

interface Standing {
  readonly totals: readonly number[];
  readonly invited: readonly string[];
  readonly history: readonly string[];
}

/** Whose addresses are named in rows or events. */
function namesIn(told: readonly unknown[]): string[] {
  return told.flatMap((entry) => /(\w+)@example.com/.exec(JSON.stringify(entry))?.[1] ?? []).sort((a, b) => a.localeCompare(b));
}

export const BEFORE = { totals: [100, 2], invited: ['bob0', 'bob1'], history: ['bob0', 'bob1'] };

/** Each of the three was added, and none of them twice. */
export const ONCE = {
  totals: [400, 5],
  invited: ['ann0', 'ann1', 'ann2', 'bob0', 'bob1'],
  history: ['ann0', 'ann1', 'ann2', 'bob0', 'bob1'],
};

/** Whatever went wrong, the log tells of it without an address, a token or a key. */
function requireNoSecrets({ logged }: TestApp, { token }: Person): void {
  const log = logged.join('').toLowerCase();
  const secrets = ['example.com', 'borrower@', 'ann0', 'bob0', KEY, ...token.split('.').slice(1)];
  const told = secrets.filter((secret) => log.includes(secret.toLowerCase()));
  if (told.length > 0) throw new Error(`the log tells ${told.join(', ')}`);
}
