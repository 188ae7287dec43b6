import type { Import } from './api.generated.ts';
import { requireDuration, requireSignal } from './arguments.ts';
import type { LendingClient } from './client.ts';
import { type Clock, platformClock, sleep } from './clock.ts';

const POLL_MS = 500;
/** An import that waits until `resumes_at` is polled at least this often, as clocks differ and an operator may resume it earlier. */
const WAITING_POLL_MS_MAX = 60_000;

export interface FollowOptions {
  /** Stops following and throws the signal's reason. The import itself continues. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two polls. Default 500. */
  readonly everyMs?: number;
  readonly clock?: Clock;
}

/**
 * Polls an import and yields it each time it has advanced, the last time as `completed` or `failed`.
 * @throws LendingError as `readImport` does
 * @example
 * for await (const { status, rows_done, rows_total } of followImport(lending, loanId, importId)) {
 *   console.log(status, `${rows_done} of ${rows_total}`);
 * }
 */
export async function* followImport(
  client: Pick<LendingClient, 'readImport'>,
  loanId: string,
  importId: string,
  options: FollowOptions = {},
): AsyncGenerator<Import, void, undefined> {
  const { signal = new AbortController().signal, everyMs = POLL_MS, clock = platformClock } = options;
  requireSignal(signal);
  requireDuration('everyMs', everyMs);
  let previous = '';
  for (;;) {
    const { import: current } = await client.readImport(loanId, importId, { signal });
    const state = JSON.stringify([current.status, current.rows_done]);
    if (state !== previous) yield current;
    previous = state;
    if (current.status === 'completed' || current.status === 'failed') return;
    await sleep(current.resumes_at === null ? everyMs : waitMs(current.resumes_at, everyMs, clock), signal, clock);
  }
}

function waitMs(resumesAt: string, everyMs: number, clock: Clock): number {
  const remainingMs = Date.parse(resumesAt) - clock.now();
  return Math.max(everyMs, Math.min(Number.isNaN(remainingMs) ? 0 : remainingMs, WAITING_POLL_MS_MAX));
}
