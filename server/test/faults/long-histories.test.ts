import { setImmediate as nextIteration } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_ADDRESS } from '../../src/auth/client-address.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { EVENT_PAGE_SIZE } from '../../src/events/event-pages.ts';
import { tokenCredential } from '../../src/execution/authenticate.ts';
import { UNITS_PER_ITERATION } from '../../src/pagination/event-loop-budget.ts';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { graphQlClient, watch } from '../../src/testing/api/graphql-ws.ts';
import { extendHistory } from '../../src/testing/app/large-loans.ts';
import { readPages } from '../../src/testing/app/read-pages.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { type LoanStream, streamLoan } from '../../src/usecases/events/watch-loan.ts';

/* Users who read a long history must not keep others waiting. The tests count work, not time. */

const BATCHES = 24;
const EVENTS_PER_BATCH = 90;
const EVENTS = BATCHES * EVENTS_PER_BATCH;
const SUBSCRIPTIONS = 10;

let testApp: TestApp;
let borrower: TestUser;
let loan: string;
/** After the loan's first events. */
let after: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ lenders: lenders(1, 100) });
  await extendHistory(testApp, loan, BATCHES, EVENTS_PER_BATCH);
  after = (await borrower.get(`/loans/${loan}/events?limit=2`)).body.next_cursor;
});

afterEach(() => testApp.close());

async function openStream(): Promise<LoanStream> {
  const { services } = testApp.app;
  const requestId = services.ids.request();
  const parameters = { loan_id: loan, after };
  const stream = await streamLoan(services, {
    requestId,
    traceparent: null,
    credential: tokenCredential(borrower.token),
    address: NO_ADDRESS,
    parameters,
  });
  if (stream instanceof DomainError) throw stream;
  return stream;
}

/** Reads the rest of the history. @param onEvent called with each event */
async function readAll(stream: LoanStream, onEvent: () => void): Promise<void> {
  let count = 0;
  for await (const _ of stream.events) {
    onEvent();
    count += 1;
    if (count === EVENTS) return stream.close();
  }
}

/** @returns the largest number of events between two iterations of the event loop while `work` runs */
async function mostPerIteration(work: (onEvent: () => void) => Promise<unknown>): Promise<number> {
  let most = 0;
  let current = 0;
  let isRunning = true;
  const working = work(() => {
    current += 1;
  }).finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    await nextIteration();
    most = Math.max(most, current);
    current = 0;
  }
  await working;
  return most;
}

describe('subscriptions to a long history', () => {
  it('together send a bounded number of events before other work runs, from the store and from the cache', async () => {
    for (const count of [1, SUBSCRIPTIONS]) {
      const streams = await Promise.all(Array.from({ length: count }, openStream));
      const most = await mostPerIteration((onEvent) => Promise.all(streams.map((stream) => readAll(stream, onEvent))));
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(2 * UNITS_PER_ITERATION);
    }
  });

  it('advance evenly', async () => {
    const streams = await Promise.all(Array.from({ length: SUBSCRIPTIONS }, openStream));
    const counts = streams.map(() => 0);
    let spread = 0;
    const onEvent = (index: number) => {
      counts[index] = (counts[index] ?? 0) + 1;
      if (Math.max(...counts) < EVENTS / 2) spread = Math.max(spread, Math.max(...counts) - Math.min(...counts));
    };
    await Promise.all(streams.map((stream, index) => readAll(stream, () => onEvent(index))));
    expect(spread).toBeLessThanOrEqual(2 * EVENTS_PER_BATCH);
  });

  it('let other work through while feed and GraphQL clients catch up', async () => {
    const { url, connect } = await serveFeed(testApp);
    const { cursors } = testApp.app.services;
    const encode = cursors.encode.bind(cursors);
    const clients = await Promise.all(Array.from({ length: 3 }, connect));
    const most = await mostPerIteration(async (onEvent) => {
      cursors.encode = (position, scope) => {
        onEvent(); // each event that is sent has a cursor
        return encode(position, scope);
      };
      for (const client of clients) client.send({ type: 'subscribe', token: borrower.token, loan_id: loan, after });
      const watched = watch(graphQlClient(url, borrower), { loanId: loan, after });
      const received = () => [watched.results.length, ...clients.map(({ messages }) => messages.length)];
      await expect.poll(received, { timeout: 20_000 }).toEqual([1, 2, 3, 4].map(() => EVENTS + 1));
    });
    expect(most).toBeLessThanOrEqual(2 * (UNITS_PER_ITERATION + EVENTS_PER_BATCH));
  });
});

describe('GET /loans/{loan_id}/events of a long history', () => {
  it('reads a bounded number of event batches at a time, and returns the same events', async () => {
    const sizes: number[] = [];
    const { store } = testApp;
    const list = store.list.bind(store);
    store.list = async (range) => {
      sizes.push(range.limit);
      return list(range);
    };
    const pages = await readPages(borrower, `/loans/${loan}/events?limit=100`, 'events', 'after');
    expect(pages.flat()).toHaveLength(EVENTS + 2);
    expect(pages).toHaveLength(Math.ceil((EVENTS + 2) / 100));
    const lender = await testApp.as('ann0@example.com');
    expect((await readPages(lender, `/loans/${loan}/events?limit=100`, 'events', 'after')).flat()).toHaveLength(EVENTS + 2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(EVENT_PAGE_SIZE);
  });
});
