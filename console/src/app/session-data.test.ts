import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { forgetLastUser, ME_KEY } from './session-data.ts';

const me = (id: string | undefined) => ({ user: id === undefined ? null : { user_id: id } });

describe('forgetLastUser', () => {
  it.each([
    ['ana', 'ana', 'loans'],
    ['ana', 'ben', undefined],
    ['ana', undefined, undefined],
    [undefined, 'ana', 'loans'],
  ])('after %s, where %s is signed in now, keeps %s', (last, now, kept) => {
    const queries = new QueryClient();
    queries.setQueryData(ME_KEY, me(last));
    queries.setQueryData(['loans'], 'loans');
    forgetLastUser(queries, me(now));
    expect(queries.getQueryData(['loans'])).toBe(kept);
    expect(queries.getQueryData(ME_KEY)).toEqual(me(last));
  });
});
