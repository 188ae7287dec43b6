import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, lenders, openTestApp } from '../../src/testing/app/test-app.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, INTERNAL, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { BEFORE, ONCE, openFaultyTestApp } from '../../src/testing/dynamodb/faulty-app.ts';
import { openProxiedTable, type ProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type DynamoDbProxy, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* What the program makes of an outcome that is in doubt, of others that are in the way, and of a database that stays away. */

const COMMIT = 'TransactWriteItems';

/** For each of them the request has been carried out. */
const UNHEARD: Readonly<Record<string, readonly ProxyRule[]>> = {
  'the connection broke before the answer': [faults.resetAfterForwarding],
  'the connection broke twice': [faults.resetAfterForwarding, faults.resetAfterForwarding],
  'the connection broke in the middle of the answer': [faults.resetMidResponse],
  'the answer was no JSON': [faults.malformedResponse],
  'the answer was cut short': [faults.truncatedResponse],
  'the answer had no body': [faults.garbledResponse(() => '')],
  'the answer told of a fault': [faults.forwardAndRespondWith(INTERNAL)],
  'the connection broke, and the database takes the next try for another commit': [
    faults.resetAfterForwarding,
    faults.withNewToken,
  ],
};

function cancelledFor(codeAt: (position: number) => string): ProxyRule {
  return ({ request, respond }) =>
    respond(cancelledTransaction(request.body.TransactItems.map((_: unknown, at: number) => codeAt(at))));
}

const IN_THE_WAY: Readonly<Record<string, readonly ProxyRule[]>> = {
  'another is on the loan': [cancelledFor((at) => (at === 0 ? 'TransactionConflict' : 'None'))],
  'others are on all of it, three times': Array.from({ length: 3 }, () => cancelledFor(() => 'TransactionConflict')),
};

function replayed({ headers }: Answer): string | null {
  return headers.get('Idempotency-Replayed');
}

let proxied: ProxiedTable;
let proxy: DynamoDbProxy;

describe.skipIf(endpoint === undefined)('adding lenders', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
    proxy = proxied.proxy;
  });
  afterEach(() => proxy.clear());
  afterAll(() => proxied.stop());

  it.each(Object.entries({ ...UNHEARD, ...IN_THE_WAY }))('succeeds, once, where %s', async (_how, treatments) => {
    const { add, errors, stands } = await openFaultyTestApp(proxied);
    proxy.next(COMMIT, ...treatments);
    const first = await add();
    expect([first.status, first.body.lenders_added, replayed(first)]).toEqual([200, 3, null]);
    expect(proxy.sent(COMMIT)).toHaveLength(treatments.length + (treatments.includes(faults.withNewToken) ? 0 : 1));
    const again = await add();
    expect([again.status, again.text, replayed(again)]).toEqual([200, first.text, 'true']);
    expect(await stands()).toEqual(ONCE);
    expect(await errors()).toEqual({});
  });

  it.each([
    ['stays away', faults.resetAfterForwarding],
    ['is throttled from then on', faults.respondWith(THROTTLED)],
  ])('is answered as in doubt where the database has done it and %s, and the key then tells', async (_how, treatment) => {
    const { add, errors, stands } = await openFaultyTestApp(proxied);
    proxy.next(COMMIT, faults.resetAfterForwarding);
    proxy.always(COMMIT, treatment);
    const first = await add();
    expect([first.status, first.body.retry_after]).toEqual([503, 10]);
    expect(await errors()).toEqual({ 'endpoint="AddLenders",error_type="DatabaseUnavailable"': 1 });
    proxy.clear();
    const again = await add();
    expect([again.status, again.body.lenders_added, replayed(again)]).toEqual([200, 3, 'true']);
    expect(await stands()).toEqual(ONCE);
  });

  it('is refused by what stands in the end, where a condition fails while others are in the way', async () => {
    const { borrower, path, add, stands } = await openFaultyTestApp(proxied);
    const others = await openTestApp({ store: proxied.open() });
    const sameBorrower = await others.as(borrower.email);
    proxy.next(COMMIT, async ({ request, respond }) => {
      await sameBorrower.post(`${path}/lenders`, { lenders: lenders(1, 20, 'ann') });
      const FAILED = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
      respond(
        cancelledTransaction(
          request.body.TransactItems.map((_: unknown, at: number) => (at === 0 ? 'TransactionConflict' : FAILED)),
        ),
      );
    });
    const { status, body } = await add();
    expect([status, body.message]).toEqual([400, 'ann0@example.com has already been invited to this loan']);
    expect(await stands()).toMatchObject({ totals: [120, 3], invited: ['ann0', 'bob0', 'bob1'] });
  });

  it('adds all of what two processes add at the same time, though their transactions meet', async () => {
    const { borrower, path, stands } = await openFaultyTestApp(proxied);
    const others = await openTestApp({ store: proxied.open() });
    const sameBorrower = await others.as(borrower.email);
    proxy.always(ANY, simulateConflicts());
    const addOne = async (index: number): Promise<Answer> => {
      const person = index % 2 === 0 ? borrower : sameBorrower;
      for (;;) {
        const answer = await person.post(`${path}/lenders`, { lenders: lenders(1, 10, `eve${index}x`) });
        if (answer.status !== 503) return answer; // it was refused for contention, and has done nothing
      }
    };
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => addOne(index)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    proxy.clear();
    const { totals, invited, history } = await stands();
    expect(totals).toEqual([180, 10]);
    expect([invited.length, history]).toEqual([10, invited]);
  });
});

describe.skipIf(endpoint === undefined)('the circuit before the database', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
    proxy = proxied.proxy;
  });
  afterEach(() => proxy.clear());
  afterAll(() => proxied.stop());

  const FAILURES_MAX = 3;

  it('opens for all when the database stays away, answers at once, and closes by itself', async () => {
    const changes: boolean[] = [];
    const breaker = { failuresMax: FAILURES_MAX, restMs: 1000, onChange: (isOpen: boolean) => void changes.push(isOpen) };
    const { testApp, borrower, path, add, stands } = await openFaultyTestApp(proxied, breaker);
    proxy.always(ANY, faults.resetBeforeForwarding);
    for (let context = 0; context < FAILURES_MAX; context += 1) expect((await borrower.get(path)).status).toBe(503);
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
    expect(await stands()).toEqual(ONCE);
  });

  it.each([
    ['throttled', faults.respondWith(THROTTLED), 429],
    ['in use by others', cancelledFor(() => 'TransactionConflict'), 503],
  ])('stays closed as long as the database is only %s', async (_how, treatment, refusal) => {
    const { add, stands } = await openFaultyTestApp(proxied, { failuresMax: FAILURES_MAX });
    proxy.always(ANY, treatment);
    const answers = await Promise.all(Array.from({ length: 2 * FAILURES_MAX }, (_, index) => add(`eve${index}x`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => refusal));
    proxy.clear();
    expect(await stands()).toEqual(BEFORE);
    expect((await add()).status).toBe(200);
  });
});
