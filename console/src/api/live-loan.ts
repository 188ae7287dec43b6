import { ApiError, type Loan, type WatchedEvent, watchLoan } from '@private-lending/client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { hasSessionEnded, ME_KEY, useMe } from '../app/session.tsx';
import { useOnline } from '../app/use-online.ts';
import { lending } from './clients.ts';
import { usePageVisibility } from './page-visibility.ts';
import { keys } from './queries.ts';

/**
 * `live`: what the page shows is what is stored. `lost`: it is of the time `since`, epoch milliseconds, and for good where `isFinal`,
 * as of a lender whose invitation was revoked.
 */
export type LiveState =
  | { readonly name: 'connecting' | 'live' }
  | { readonly name: 'lost'; readonly since: number; readonly isFinal: boolean };

/** Lists of other pages are read again at most so often, however many events come. */
const REFRESH_MS = 1000;
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
  const [state, setState] = useState<LiveState>({ name: 'connecting' });
  const last = useRef<{ readonly loanId: string; readonly cursor: string } | undefined>(undefined);
  const isVisible = usePageVisibility();
  const isOnline = useOnline();
  const handle = useEffectEvent((watched: WatchedEvent) => {
    last.current = { loanId, cursor: watched.cursor };
    applyEvent(queries, loanId, watched);
    onEvent?.(watched);
  });

  useEffect(() => {
    if (!isVisible) return undefined; // a browser has few connections to a host, for all its tabs
    if (!isOnline) {
      setState(lost);
      return undefined;
    }
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const report = (isLive: boolean) => {
      if (isLive) {
        clearTimeout(timer);
        timer = undefined;
        setState({ name: 'live' });
      } else timer ??= setTimeout(() => setState(lost), LOST_AFTER_MS);
    };
    const follow = async () => {
      const after = last.current?.loanId === loanId ? last.current.cursor : undefined;
      const onState = ({ name }: { readonly name: 'subscribed' | 'lost' }) => {
        report(name === 'subscribed');
        // What happened before the subscription began.
        if (name === 'subscribed' && last.current?.loanId !== loanId)
          for (const queryKey of [keys.loan(loanId), keys.invitations]) void queries.invalidateQueries({ queryKey });
      };
      const options = { signal, after, onState, ...(feedUrl !== undefined && { feedUrl }) };
      for await (const watched of watchLoan(lending, loanId, options)) handle(watched);
    };
    void restart(follow, signal, (error) => {
      report(false);
      if (isFinal(error)) setState((before) => ({ ...lost(before), isFinal: true }));
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

/** The time of a loss is that of the first one, until the page is live again. */
function lost(before: LiveState): LiveState & { readonly name: 'lost' } {
  return before.name === 'lost' ? before : { name: 'lost', since: Date.now(), isFinal: false };
}

function applyEvent(queries: QueryClient, loanId: string, { event }: WatchedEvent): void {
  queries.setQueryData<Loan>(keys.loan(loanId), (loan) =>
    loan && loan.version < event.data.loan.version ? { ...loan, ...event.data.loan } : loan,
  );
  scheduleRefresh(queries, loanId);
}

const scheduled = new Set<string>();

/** Not the loan's lenders: a page that has read thousands of them applies the events to them. */
function scheduleRefresh(queries: QueryClient, loanId: string): void {
  if (scheduled.has(loanId)) return;
  scheduled.add(loanId);
  setTimeout(() => {
    scheduled.delete(loanId);
    for (const queryKey of [keys.events(loanId), keys.myLoans, keys.invitations]) void queries.invalidateQueries({ queryKey });
  }, REFRESH_MS);
}
