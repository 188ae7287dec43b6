import type { Import } from './api.generated.ts';
import type { LendingClient } from './client.ts';
import { type Clock, pause, platformClock } from './clock.ts';

const LOOK_MS = 500;
/** An import that waits for its hour is looked at no more often, and no less: clocks differ. */
const WAITING_LOOK_MS_MAX = 60_000;

export interface FollowOptions {
  /** Ends it: it throws the signal's reason. The import itself goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Between two looks. 500 if left out. */
  readonly everyMs?: number;
  readonly clock?: Clock;
}

/** Tells how far an import is, each time that it has come further; at last, how it ended. */
export async function* followImport(
  client: Pick<LendingClient, 'readImport'>,
  loanId: string,
  importId: string,
  options: FollowOptions = {},
): AsyncGenerator<Import, void, undefined> {
  const { signal = new AbortController().signal, everyMs = LOOK_MS, clock = platformClock } = options;
  let told = '';
  for (;;) {
    const { import: now } = await client.readImport(loanId, importId, { signal });
    const state = JSON.stringify([now.status, now.rows_done]);
    if (state !== told) yield now;
    told = state;
    if (now.status === 'completed' || now.status === 'failed') return;
    await pause(now.status === 'waiting' ? waitMs(now, everyMs, clock) : everyMs, signal, clock);
  }
}

function waitMs({ resumes_at }: Import, everyMs: number, clock: Clock): number {
  const leftMs = Date.parse(resumes_at ?? '') - clock.now();
  return Math.max(everyMs, Math.min(Number.isNaN(leftMs) ? 0 : leftMs, WAITING_LOOK_MS_MAX));
}
