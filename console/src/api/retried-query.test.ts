import { ConnectionError, type LendingError, NotFoundError, RateLimitError } from '@private-lending/client';
import { environmentManager, QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repeatsFailed, retryUntilRead } from './retried-query.ts';

const CONTEXT = { requestId: 'R', attempts: 3, details: [], body: {} };
const lost = () => new ConnectionError('The connection failed.', { ...CONTEXT, retryable: true });
const missing = () => new NotFoundError('No such loan.', { ...CONTEXT, code: 'NOT_FOUND', status: 404, retryable: false });
const limited = (retryAfter: number) =>
  new RateLimitError('Too many.', { ...CONTEXT, code: 'TOO_MANY_REQUESTS', status: 429, retryable: true, retryAfter });

const queryKey = ['loan', 'L'];
let queries: QueryClient;

/** Each read has the next outcome, and those after the last one have the last one. */
function observe(outcomes: readonly (LendingError | string)[]) {
  let reads = 0;
  const queryFn = async () => {
    const outcome = outcomes[Math.min(reads, outcomes.length - 1)];
    reads += 1;
    if (typeof outcome === 'string') return outcome;
    throw outcome;
  };
  const options = { queryKey, queryFn, networkMode: 'always', refetchInterval: repeatsFailed } as const;
  const observer = new QueryObserver(queries, { ...options, ...retryUntilRead(queries, queryKey) });
  observer.subscribe(() => {});
  return { observer, reads: () => reads };
}

beforeEach(() => {
  environmentManager.setIsServer(() => false); // only browsers have timers
  vi.useFakeTimers();
  queries = new QueryClient();
});

afterEach(() => {
  queries.clear();
  vi.useRealTimers();
});

it('repeats the first read after network failures until it succeeds', async () => {
  const { observer } = observe([lost(), lost(), 'read']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(observer.getCurrentResult().failureReason).toBeInstanceOf(ConnectionError);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(observer.getCurrentResult().data).toBe('read');
});

it('does not repeat a read that can not succeed', async () => {
  const { observer, reads } = observe([missing(), 'read']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(observer.getCurrentResult().error).toBeInstanceOf(NotFoundError);
  expect(reads()).toBe(1);
});

it('waits as long as the server asks for', async () => {
  const { observer } = observe([limited(30), 'read']);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(observer.getCurrentResult().data).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2000);
  expect(observer.getCurrentResult().data).toBe('read');
});

it('keeps what it has where it can not be read again, ends the refetch, and repeats it later', async () => {
  const { observer } = observe(['first', lost(), lost(), 'second']);
  await vi.advanceTimersByTimeAsync(0);
  const refetched = await observer.refetch();
  expect(refetched).toMatchObject({ data: 'first', error: expect.any(ConnectionError) });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(observer.getCurrentResult()).toMatchObject({ data: 'second', error: null });
});
