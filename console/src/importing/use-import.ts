import { followImport, type Import, LendingClient } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { lending } from '../api/clients.ts';
import { keys } from '../api/queries.ts';
import type { ChosenFile } from './chosen-file.ts';
import { leftOutIn } from './outcomes.ts';

/** A file of 4 MiB takes a minute on a slow connection. */
const uploads = new LendingClient({ url: lending.url, session: true, attemptMs: 120_000, deadlineMs: 300_000 });
/** Rows that the server adds all together, or none. */
export const TOGETHER_MAX = 90;
const POLL_MS = 1000;

/** Determines the outcome of each row, and invites nobody. @returns the id of the import */
export async function checkFile(loanId: string, { text, id }: ChosenFile): Promise<string> {
  const query = { dry_run: 'true', mode: 'per_row' } as const;
  const started = await uploads.importLenders(loanId, text, query, { idempotencyKey: `import-${id}-check` });
  return started.import.import_id;
}

/** Invites the people of a file that was checked. @returns the id of the import */
export async function runImport(loanId: string, { text, id }: ChosenFile, checked: Import): Promise<string> {
  const query = leftOutIn(checked) > 0 || checked.rows_total > TOGETHER_MAX ? { mode: 'per_row' as const } : {};
  const started = await uploads.importLenders(loanId, text, query, { idempotencyKey: `import-${id}-run` });
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
      if (!controller.signal.aborted) setError(reason);
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
