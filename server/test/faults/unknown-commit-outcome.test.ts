import { describe, expect, it } from 'vitest';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp } from '../../src/testing/app/test-app.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, INTERNAL, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { ADDED_ONCE, BEFORE, openFaultyTestApp } from '../../src/testing/dynamodb/faulty-app.ts';
import { useProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* The API while the outcome of commits is unknown, other transactions interfere, or the database stays away. */

const COMMIT = 'TransactWriteItems';

/** The first request is carried out, and its response is lost. */
const LOST_RESPONSES: Readonly<Record<string, readonly ProxyRule[]>> = {
  'a reset before the response': [faults.resetAfterForwarding],
  'two resets': [faults.resetAfterForwarding, faults.resetAfterForwarding],
  'a reset in the middle of the response': [faults.resetMidResponse],
  'a response that is not JSON': [faults.malformedResponse],
  'half a response': [faults.truncatedResponse],
  'a response without a body': [faults.garbledResponse(() => '')],
  'an internal error of DynamoDB': [faults.forwardAndRespondWith(INTERNAL)],
  'a reset after which the database takes the next attempt for another commit': [faults.resetAfterForwarding, faults.withNewToken],
};

/** @param codeAt the reason by position */
function cancelWith(codeAt: (position: number) => string): ProxyRule {
  return ({ request, respond }) =>
    respond(cancelledTransaction(request.body.TransactItems.map((_: unknown, at: number) => codeAt(at))));
}

const CONFLICTS: Readonly<Record<string, readonly ProxyRule[]>> = {
  'a conflict on the loan': [cancelWith((at) => (at === 0 ? 'TransactionConflict' : 'None'))],
  'three conflicts on all items': Array.from({ length: 3 }, () => cancelWith(() => 'TransactionConflict')),
};

function replayed({ headers }: TestResponse): string | null {
  return headers.get('Idempotency-Replayed');
}

describe.skipIf(endpoint === undefined)('adding lenders on DynamoDB', () => {
  const proxied = useProxiedTable();

  it.each(Object.entries({ ...LOST_RESPONSES, ...CONFLICTS }))('succeeds once after %s', async (_title, rules) => {
    const { proxy } = proxied;
    const { add, errorCounts, loanState } = await openFaultyTestApp(proxied);
    proxy.next(COMMIT, ...rules);
    const first = await add();
    expect([first.status, first.body.lenders_added, replayed(first)]).toEqual([200, 3, null]);
    expect(proxy.sent(COMMIT)).toHaveLength(rules.length + (rules.includes(faults.withNewToken) ? 0 : 1));
    const again = await add();
    expect([again.status, again.text, replayed(again)]).toEqual([200, first.text, 'true']);
    expect(await loanState()).toEqual(ADDED_ONCE);
    expect(await errorCounts()).toEqual({});
  });

  it.each([
    ['stays away', faults.resetAfterForwarding],
    ['is throttled', faults.respondWith(THROTTLED)],
  ])('responds 503 after a lost response where the database then %s, and the key replays it later', async (_how, rule) => {
    const { proxy } = proxied;
    const { add, errorCounts, loanState } = await openFaultyTestApp(proxied);
    proxy.next(COMMIT, faults.resetAfterForwarding);
    proxy.always(COMMIT, rule);
    const first = await add();
    expect([first.status, first.body.retry_after]).toEqual([503, 10]);
    expect(await errorCounts()).toEqual({ 'endpoint="AddLenders",error_type="DatabaseUnavailable"': 1 });
    proxy.clear();
    const again = await add();
    expect([again.status, again.body.lenders_added, replayed(again)]).toEqual([200, 3, 'true']);
    expect(await loanState()).toEqual(ADDED_ONCE);
  });

  it('fails for the current items where a condition fails during a conflict', async () => {
    const { borrower, path, add, loanState } = await openFaultyTestApp(proxied);
    const otherApp = await openTestApp({ store: proxied.open() });
    const sameBorrower = await otherApp.as(borrower.email);
    proxied.proxy.next(COMMIT, async (exchange) => {
      await sameBorrower.post(`${path}/lenders`, { lenders: lenders(1, 20, 'ann') });
      await cancelWith((at) => (at === 0 ? 'TransactionConflict' : 'ConditionalCheckFailed'))(exchange);
    });
    const { status, body } = await add();
    expect([status, body.message]).toEqual([400, 'ann0@example.com has already been invited to this loan']);
    expect(await loanState()).toMatchObject({ totals: [120, 3], invited: ['ann0', 'bob0', 'bob1'] });
  });

  it('adds all lenders of two processes whose transactions conflict', async () => {
    const { proxy } = proxied;
    const { borrower, path, loanState } = await openFaultyTestApp(proxied);
    const otherApp = await openTestApp({ store: proxied.open() });
    const sameBorrower = await otherApp.as(borrower.email);
    proxy.always(ANY, simulateConflicts());
    const addOne = async (index: number): Promise<TestResponse> => {
      const client = index % 2 === 0 ? borrower : sameBorrower;
      for (;;) {
        const response = await client.post(`${path}/lenders`, { lenders: lenders(1, 10, `eve${index}x`) });
        if (response.status !== 503) return response; // contention: nothing was done
      }
    };
    const responses = await Promise.all(Array.from({ length: 8 }, (_, index) => addOne(index)));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    proxy.clear();
    const { totals, invited, history } = await loanState();
    expect(totals).toEqual([180, 10]);
    expect([invited.length, history]).toEqual([10, invited]);
  });
});

describe.skipIf(endpoint === undefined)('the circuit breaker before DynamoDB', () => {
  const proxied = useProxiedTable();

  const FAILURES_MAX = 3;

  it('opens the circuit for all callers, fails fast, and closes it when the database is back', async () => {
    const { proxy } = proxied;
    const changes: boolean[] = [];
    const breaker = { failuresMax: FAILURES_MAX, openMs: 1000, onChange: (isOpen: boolean) => void changes.push(isOpen) };
    const { testApp, borrower, path, add, loanState } = await openFaultyTestApp(proxied, breaker);
    proxy.always(ANY, faults.resetBeforeForwarding);
    for (let failures = 0; failures < FAILURES_MAX; failures += 1) expect((await borrower.get(path)).status).toBe(503);
    expect(changes).toEqual([true]);
    const sent = proxy.requests.length;
    const [added, read] = await Promise.all([add(), borrower.get(path)]);
    for (const { status, body } of [added, read]) {
      expect([status, body.error, body.retry_after]).toEqual([503, 'SERVICE_UNAVAILABLE', 10]);
      expect(body.message).toBe('Database temporarily unavailable. Please retry after 10 seconds.');
    }
    expect(proxy.requests).toHaveLength(sent);
    expect(testApp.logged.at(-1)).toContain('DatabaseUnavailable');
    proxy.clear();
    await expect.poll(async () => (await add()).status, { timeout: 10_000, interval: 20 }).toBe(200);
    expect(changes).toEqual([true, false]);
    expect(await loanState()).toEqual(ADDED_ONCE);
  });

  it.each([
    ['throttled', faults.respondWith(THROTTLED), 429],
    ['busy with other transactions', cancelWith(() => 'TransactionConflict'), 503],
  ])('stays closed while the database is only %s', async (_how, rule, expected) => {
    const { proxy } = proxied;
    const { add, loanState } = await openFaultyTestApp(proxied, { failuresMax: FAILURES_MAX });
    proxy.always(ANY, rule);
    const responses = await Promise.all(Array.from({ length: 2 * FAILURES_MAX }, (_, index) => add(`eve${index}x`)));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => expected));
    proxy.clear();
    expect(await loanState()).toEqual(BEFORE);
    expect((await add()).status).toBe(200);
  });
});
