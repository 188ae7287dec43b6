import { followImport, type Import, LendingClient } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { lending } from '../api/clients.ts';
import { keys } from '../api/queries.ts';
import { hasSessionEnded } from '../app/session.tsx';
import { ME_KEY } from '../app/session-data.ts';
import type { ChosenFile } from './chosen-file.ts';
import { leftOutIn } from './outcomes/outcomes.ts';

/** A file of 4 MiB takes a minute on a slow connection. */
const uploads = new LendingClient({ url: lending.url, session: true, attemptMs: 120_000, deadlineMs: 300_000 });
/** Rows that the server adds all together, or none. */
const TOGETHER_MAX = 90;
const POLL_MS = 1000;

/** Determines the outcome of each row as the loan is now, and invites nobody. @returns the id of the import */
export async function checkFile(loanId: string, { text }: ChosenFile): Promise<string> {
  const started = await uploads.importLenders(loanId, text, { dry_run: 'true', mode: 'per_row' });
  return started.import.import_id;
}

/** Whether the people of a file that was checked are invited all together, or nobody. */
export function isTogether(checked: Import): boolean {
  return leftOutIn(checked) === 0 && checked.rows_total <= TOGETHER_MAX;
}

/** Whether the people of a file that was checked are more than are usually invited in an hour. */
export function mayTakeHours(checked: Import): boolean {
  return checked.rows_total > TOGETHER_MAX;
}

/** Invites the people of a file that was checked, once for each check. @returns the id of the import */
export async function runImport(loanId: string, { text }: ChosenFile, checked: Import): Promise<string> {
  const query = isTogether(checked) ? {} : { mode: 'per_row' as const };
  const started = await uploads.importLenders(loanId, text, query, { idempotencyKey: `import-${checked.import_id}` });
  return started.import.import_id;
}

interface FollowedImport {
  readonly current: Import | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Follows an import until it has ended, from wherever it is: after a reload too. */
export function useFollowedImport(loanId: string, importId: string): FollowedImport {
  const queries = useQueryClient();
  const [current, setCurrent] = useState<Import>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt follows it again
  useEffect(() => {
    const controller = new AbortController();
    const follow = async () => {
      for await (const state of followImport(lending, loanId, importId, { signal: controller.signal, everyMs: POLL_MS })) {
        setCurrent(state);
        if (!state.dry_run && isEnded(state)) void queries.invalidateQueries({ queryKey: keys.loan(loanId) });
      }
    };
    follow().catch((reason: unknown) => {
      if (controller.signal.aborted) return;
      setError(reason);
      if (hasSessionEnded(reason)) void queries.invalidateQueries({ queryKey: ME_KEY });
    });
    return () => controller.abort();
  }, [loanId, importId, attempt, queries]);
  const retry = useCallback(() => {
    setError(undefined);
    setAttempt((before) => before + 1);
  }, []);
  return { current, error, retry };
}

export function isEnded({ status }: Import): boolean {
  return status === 'completed' || status === 'failed';
}
