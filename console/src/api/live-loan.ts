import { ApiError, type Loan, type WatchedEvent, watchLoan } from '@private-lending/client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useReducer, useRef } from 'react';
import { hasSessionEnded, useMe } from '../app/session.tsx';
import { ME_KEY } from '../app/session-data.ts';
import { useOnline } from '../app/use-online.ts';
import { lending } from './clients.ts';
import { type LiveChange, type LiveState, nextLiveState } from './live-state.ts';
import { usePageVisibility } from './page-visibility.ts';
import { keys } from './queries.ts';
import { refreshSoon } from './refresh-soon.ts';

/** A connection that is back by then was not lost for the user. */
const LOST_AFTER_MS = 1500;
/** After an error that ended the watch, such as a server that never responded. */
const RESTART_MS = 5000;

/**
 * Keeps what was read of a loan up to date while its page is open and visible. It resumes after the last event that it has seen, so
 * that nothing is missed while the page was hidden or offline.
 * @param onEvent called with each new event
 */
export function useLiveLoan(loanId: string, onEvent?: (watched: WatchedEvent) => void): LiveState {
  const queries = useQueryClient();
  const feedUrl = useMe().data?.feed_url ?? undefined;
  const [state, dispatch] = useReducer(nextLiveState, { name: 'connecting' });
  const last = useRef<{ readonly loanId: string; readonly cursor: string } | undefined>(undefined);
  const isVisible = usePageVisibility();
  const isOnline = useOnline();
  const handle = useEffectEvent((watched: WatchedEvent) => {
    last.current = { loanId, cursor: watched.cursor };
    applyEvent(queries, loanId, watched);
    onEvent?.(watched);
  });

  useEffect(() => {
    const report = (change: LiveChange['change']) => dispatch({ change, now: Date.now() });
    if (!isVisible) return report('hidden'); // a browser has few connections to a host, for all its tabs
    if (!isOnline) return report('lost');
    const controller = new AbortController();
    const { signal } = controller;
    let isLosing = false;
    let timer = setTimeout(() => report('late'), LOST_AFTER_MS);
    const setLive = (isLive: boolean) => {
      if (!isLive && isLosing) return;
      isLosing = !isLive;
      clearTimeout(timer);
      if (isLive) report('subscribed');
      else timer = setTimeout(() => report('lost'), LOST_AFTER_MS);
    };
    const follow = async () => {
      const after = last.current?.loanId === loanId ? last.current.cursor : undefined;
      const onState = ({ name }: { readonly name: 'subscribed' | 'lost' }) => {
        setLive(name === 'subscribed');
        // What happened before the subscription began.
        if (name === 'subscribed' && last.current?.loanId !== loanId)
          for (const queryKey of [keys.loan(loanId), keys.invitations]) void queries.invalidateQueries({ queryKey });
      };
      const options = { signal, after, onState, ...(feedUrl !== undefined && { feedUrl }) };
      for await (const watched of watchLoan(lending, loanId, options)) handle(watched);
    };
    void restart(follow, signal, (error) => {
      setLive(false);
      if (isFinal(error)) report('ended');
      if (hasSessionEnded(error)) void queries.invalidateQueries({ queryKey: ME_KEY });
    });
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [loanId, feedUrl, isVisible, isOnline, queries]);
  return state;
}

/** Repeats a watch that ended, unless that can't help. */
async function restart(follow: () => Promise<void>, signal: AbortSignal, onEnd: (error: unknown) => void): Promise<void> {
  while (!signal.aborted) {
    const error = await follow().catch((reason: unknown) => reason);
    if (signal.aborted) return;
    onEnd(error);
    if (isFinal(error)) return;
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof ApiError && !error.retryable;
}

function applyEvent(queries: QueryClient, loanId: string, { event }: WatchedEvent): void {
  queries.setQueryData<Loan>(keys.loan(loanId), (loan) =>
    loan && loan.version < event.data.loan.version ? { ...loan, ...event.data.loan } : loan,
  );
  // Not the loan's lenders: a page that has read thousands of them applies the events to them.
  for (const queryKey of [keys.events(loanId), keys.mails(loanId), keys.myLoans, keys.invitations]) refreshSoon(queries, queryKey);
}
