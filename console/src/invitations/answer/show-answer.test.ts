import type { AcceptInvitationResponse } from '@private-lending/client';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const LOAN_KEY = ['loan', 'L'];
const EVENTS_KEY = ['loan', 'L', 'events'];

/** What the pages show of the loan and the invitation. */
const shown = (queries: QueryClient) => [
  queries.getQueryData<{ status: string }>(['invitations', 'L'])?.status,
  queries.getQueryData<{ version: number }>(LOAN_KEY)?.version,
];

function response(status: 'accepted' | 'declined'): AcceptInvitationResponse {
  const terms = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: null, status: 'open' } as const;
  const totals = { total_invited: 5000, total_accepted: 5000, remaining: 15_000, lender_count: 1, version: 2 };
  const at = '2026-11-27T12:00:00Z';
  return {
    success: true,
    invitation: {
      loan_id: 'L',
      lender_id: 'A',
      email: 'ana@example.com',
      contribution_amount: 5000,
      status,
      invited_at: at,
      expires_at: at,
      loan: { ...terms, total_accepted: totals.total_accepted },
      borrower: { email: 'borrower@example.com', name: null },
    },
    loan: { loan_id: 'L', created_at: at, ...terms, ...totals },
  };
}

describe('showAnswer', () => {
  let showAnswer: typeof import('./show-answer.ts').showAnswer;
  let queries: QueryClient;

  beforeAll(async () => {
    vi.stubGlobal('window', { location: { origin: 'http://127.0.0.1' } }); // the clients of the API need it
    ({ showAnswer } = await import('./show-answer.ts'));
  });

  afterAll(() => void vi.unstubAllGlobals());

  beforeEach(() => {
    queries = new QueryClient();
  });

  /** Begins to read. @returns what ends it with a result */
  function read(queryKey: readonly string[]) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const ended = queries.fetchQuery({ queryKey, queryFn: () => promise }).catch(() => undefined);
    return async (data: unknown) => {
      resolve(data);
      await ended;
    };
  }

  it('is not replaced by what was read before the answer', async () => {
    const arrive = [read(['invitations', 'L']), read(LOAN_KEY)];
    await showAnswer(queries, 'L', response('accepted'));
    expect(shown(queries)).toEqual(['accepted', 2]);
    for (const end of arrive) await end({ status: 'pending', version: 1 });
    expect(shown(queries)).toEqual(['accepted', 2]);
  });

  it('shows a decline together with the history, which says what kind it is', async () => {
    const history = Promise.withResolvers<string[]>();
    queries.setQueryData(EVENTS_KEY, ['accepted']);
    const observer = new QueryObserver(queries, { queryKey: EVENTS_KEY, queryFn: () => history.promise, staleTime: Infinity });
    const stop = observer.subscribe(() => {});
    const isShown = showAnswer(queries, 'L', response('declined'));
    await vi.waitFor(() => expect(queries.isFetching({ queryKey: EVENTS_KEY })).toBe(1));
    expect(shown(queries)).toEqual([undefined, undefined]);
    history.resolve(['accepted', 'declined']);
    await isShown;
    expect([shown(queries), queries.getQueryData(EVENTS_KEY)]).toEqual([
      ['declined', 2],
      ['accepted', 'declined'],
    ]);
    stop();
    queries.clear();
  });
});
