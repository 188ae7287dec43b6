import { type Loan, type WatchedEvent, watchLoan } from '@private-lending/client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ME_KEY, useMe } from '../app/session.tsx';
import { lending } from './clients.ts';
import { keys } from './queries.ts';

/** `live`: what the page shows is what is stored. `lost`: it is of the time `since`, epoch milliseconds. */
export type LiveState = { readonly name: 'connecting' | 'live' } | { readonly name: 'lost'; readonly since: number };

/** Lists of a loan are read again at most so often, however many events come. */
const REFRESH_MS = 1000;

/**
 * Keeps what was read of a loan up to date while its page is open and visible.
 * @param onEvent called with each new event
 */
export function useLiveLoan(loanId: string, onEvent?: (watched: WatchedEvent) => void): LiveState {
  const queries = useQueryClient();
  const feedUrl = useMe().data?.feed_url ?? undefined;
  const [state, setState] = useState<LiveState>({ name: 'connecting' });
  const isVisible = usePageVisibility();

  useEffect(() => {
    if (!isVisible) return undefined; // a browser has few connections to a host, for all its tabs
    const controller = new AbortController();
    const follow = async () => {
      const options = {
        signal: controller.signal,
        ...(feedUrl !== undefined && { feedUrl }),
        onState: ({ name }: { readonly name: 'subscribed' | 'lost' }) => {
          if (name === 'lost') setState((before) => (before.name === 'lost' ? before : { name, since: Date.now() }));
          else {
            setState({ name: 'live' });
            void queries.invalidateQueries({ queryKey: keys.loan(loanId) }); // what happened before the subscription
          }
        },
      };
      for await (const watched of watchLoan(lending, loanId, options)) {
        applyEvent(queries, loanId, watched);
        onEvent?.(watched);
      }
    };
    follow().catch(() => {
      if (controller.signal.aborted) return;
      setState({ name: 'lost', since: Date.now() });
      void queries.invalidateQueries({ queryKey: ME_KEY }); // the session may have ended
    });
    return () => controller.abort();
  }, [loanId, feedUrl, isVisible, queries, onEvent]);
  return state;
}

function applyEvent(queries: QueryClient, loanId: string, { event }: WatchedEvent): void {
  queries.setQueryData<Loan>(keys.loan(loanId), (loan) =>
    loan && loan.version < event.data.loan.version ? { ...loan, ...event.data.loan } : loan,
  );
  scheduleRefresh(queries, loanId);
}

const scheduled = new Set<string>();

function scheduleRefresh(queries: QueryClient, loanId: string): void {
  if (scheduled.has(loanId)) return;
  scheduled.add(loanId);
  setTimeout(() => {
    scheduled.delete(loanId);
    void queries.invalidateQueries({ queryKey: keys.lenders(loanId) });
    void queries.invalidateQueries({ queryKey: keys.events(loanId) });
    for (const queryKey of [keys.myLoans, keys.invitations]) void queries.invalidateQueries({ queryKey });
  }, REFRESH_MS);
}

function usePageVisibility(): boolean {
  const [isVisible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return isVisible;
}
