import { ConnectionError, type LendingClient, type WatchedEvent, type WatchState, watchLoan } from '@private-lending/client';
import { UnreachableError } from './api-client.ts';

export interface WatchOptions {
  /** A cursor to go on behind; only new events if left out. */
  readonly after: string | undefined;
  readonly onEvent: (told: WatchedEvent) => void;
  /** Told what becomes of the connection, in a line. */
  readonly onLine: (line: string) => void;
}

/** Tells each event of a loan, until it is stopped. @throws ApiError, UnreachableError */
export async function watch(client: LendingClient, loanId: string, { after, onEvent, onLine }: WatchOptions): Promise<void> {
  const onState = (state: WatchState) => onLine(lineOf(state, loanId));
  try {
    for await (const told of watchLoan(client, loanId, { after, onState })) onEvent(told);
  } catch (error) {
    throw error instanceof ConnectionError ? new UnreachableError(client.url.origin, error) : error;
  }
}

function lineOf(state: WatchState, loanId: string): string {
  if (state.name === 'lost') return `The connection is lost. Trying again in ${(state.retryInMs / 1000).toFixed(1)} s.`;
  return state.isAgain ? 'Connected again.' : `Watching loan ${loanId}.`;
}
