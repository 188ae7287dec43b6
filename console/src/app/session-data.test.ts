import { notifyManager, QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { forgetLastUsers, ME_KEY } from './session-data.ts';

const me = (id: string | undefined) => ({ user: id === undefined ? null : { user_id: id } });

function signedIn(id: string | undefined) {
  const queries = new QueryClient();
  forgetLastUsers(queries);
  queries.setQueryData(ME_KEY, me(id));
  queries.setQueryData(['loans'], 'loans');
  return queries;
}

describe('forgetLastUsers', () => {
  it.each([
    ['ana', 'ana', 'loans'],
    ['ana', 'ben', undefined],
    ['ana', undefined, undefined],
    [undefined, 'ana', 'loans'],
  ])('after %s, where %s is read as signed in now, keeps %s', async (last, now, kept) => {
    const queries = signedIn(last);
    await queries.fetchQuery({ queryKey: ME_KEY, queryFn: () => me(now) });
    expect(queries.getQueryData(['loans'])).toBe(kept);
    expect(queries.getQueryData(ME_KEY)).toEqual(me(now));
  });

  it('keeps what was read while who is signed in is read again, and where that fails', async () => {
    const queries = signedIn('ana');
    const reading = queries.fetchQuery({ queryKey: ME_KEY, queryFn: () => Promise.reject(new Error('offline')) });
    expect(queries.getQueryData(['loans'])).toBe('loans');
    await expect(reading).rejects.toThrow('offline');
    expect(queries.getQueryData(['loans'])).toBe('loans');
  });

  it('forgets what was read before pages show the next user', async () => {
    const queries = signedIn('ana');
    const shown = Promise.withResolvers<unknown>();
    const observer = new QueryObserver(queries, { queryKey: ME_KEY, enabled: false });
    observer.subscribe(notifyManager.batchCalls(() => shown.resolve(queries.getQueryData(['loans'])))); // as React's hooks do
    queries.setQueryData(ME_KEY, me('ben'));
    expect(await shown.promise).toBeUndefined();
  });
});
