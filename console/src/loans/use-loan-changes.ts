import type { Event, Lender, WatchedEvent } from '@private-lending/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type HistoryEntry, toHistoryEntries } from './history/history-entries.ts';
import { keepReceived } from './history/received-events.ts';

/** Events come up to hundreds a second, while a file of lenders is imported. The page shows them at most so often. */
const SHOW_MS = 250;

/** Collects what comes while a loan's page is open. */
export function useLoanChanges() {
  const [changes, setChanges] = useState<ReadonlyMap<string, Lender>>(new Map());
  const [received, setReceived] = useState<readonly Event[]>([]);
  const [latest, setLatest] = useState<HistoryEntry>();
  const waiting = useRef<WatchedEvent['event'][]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const onEvent = useCallback(({ event }: WatchedEvent) => {
    waiting.current.push(event);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const events = waiting.current.splice(0);
      const lenders = events.flatMap(({ data: { lender } }) => (lender ? [lender] : []));
      if (lenders.length > 0) setChanges((before) => withLenders(before, lenders));
      setReceived((before) => keepReceived(before, events));
      setLatest(toHistoryEntries(events)[0]);
    }, SHOW_MS);
  }, []);

  const onChanged = useCallback((lender: Lender) => setChanges((before) => withLenders(before, [lender])), []);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return { changes, received, latest, onEvent, onChanged };
}

function withLenders(before: ReadonlyMap<string, Lender>, lenders: readonly Lender[]): ReadonlyMap<string, Lender> {
  return new Map([...before, ...lenders.map((lender): [string, Lender] => [lender.lender_id, lender])]);
}
