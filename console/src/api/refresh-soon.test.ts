import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { refreshSoon } from './refresh-soon.ts';

it('lets a read end that takes longer than the next event, and reads again after it', async () => {
  vi.useFakeTimers();
  const queries = new QueryClient();
  const queryKey = ['events'];
  let reads = 0;
  const queryFn = async ({ signal }: { readonly signal: AbortSignal }) => {
    await new Promise((resolve) => setTimeout(resolve, 2500));
    signal.throwIfAborted();
    reads += 1;
    return reads;
  };
  const observer = new QueryObserver(queries, { queryKey, queryFn });
  const unsubscribe = observer.subscribe(() => {});
  for (let events = 0; events < 30; events += 1) {
    refreshSoon(queries, queryKey);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(observer.getCurrentResult().data).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads).toBe(2);
  unsubscribe();
  queries.clear();
  vi.useRealTimers();
});
