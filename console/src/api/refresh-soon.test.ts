import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { refreshSoon } from './refresh-soon.ts';

it('lets a read end that takes longer than the next event, and reads again after the last event', async () => {
  vi.useFakeTimers();
  const queries = new QueryClient();
  const queryKey = ['events'];
  let reads = 0;
  const queryFn = async ({ signal }: { readonly signal: AbortSignal }) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    signal.throwIfAborted();
    reads += 1;
    return reads;
  };
  queries.setQueryData(queryKey, 0);
  const unsubscribe = new QueryObserver(queries, { queryKey, queryFn, staleTime: Number.POSITIVE_INFINITY }).subscribe(() => {});
  for (let events = 0; events < 60; events += 1) {
    refreshSoon(queries, queryKey);
    await vi.advanceTimersByTimeAsync(100);
  }
  const during = reads;
  expect(during).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads).toBeGreaterThan(during);
  unsubscribe();
  queries.clear();
  vi.useRealTimers();
});
