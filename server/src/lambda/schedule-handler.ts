import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Background } from '../composition/background.ts';
import type { ImportId } from '../domain/ids.ts';
import type { Log } from '../telemetry/log.ts';
import { deadlineSignal, type Invocation } from './background.ts';
import type { ImportQueue } from './import-queue.ts';
import { retryableOnce } from './retryable-once.ts';

export interface ClockOptions {
  /** @param onFault told of what was left undone and is in the log */
  readonly open: (onFault: (fault: unknown) => void) => Promise<ClockWork>;
  /** Undefined where nobody takes the steps of imports. */
  readonly queue: ImportQueue | undefined;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

export interface ClockWork {
  readonly expireDue: Background['expireDue'];
  readonly findDueImports: Background['findDueImports'];
  readonly dispatcher: Pick<Background['dispatcher'], 'deliverAbandoned'>;
  readonly mailer: Pick<NonNullable<Background['mailer']>, 'sendDue'> | undefined;
}

/** Until the next tick, which may be some seconds late. */
const TICK_MS = 60_000;

/**
 * What is done each minute, whether anybody calls or not: amounts of expired invitations are freed, what was left in outboxes is
 * delivered, mail that is due is sent, and imports go on whose hour has come or that were left. All of it may be done twice, so
 * that ticks may overlap.
 * @returns a handler that rejects where something failed, once everything else was tried: what it left is found again
 */
export function scheduleHandler({ open, queue, log, clock, pause = pauseFor }: ClockOptions) {
  let failures = 0;
  const opened = retryableOnce(() =>
    open(() => {
      failures += 1;
    }),
  );

  async function tried(task: Promise<unknown> | undefined): Promise<void> {
    try {
      await task;
    } catch (err) {
      log.error({ err }, 'a task of the clock failed; the next tick does it again');
      failures += 1;
    }
  }

  async function expireOnTime({ expireDue }: ClockWork, deadline: AbortSignal): Promise<void> {
    const until = clock() + TICK_MS;
    while (!deadline.aborted) {
      const { next } = await expireDue(deadline);
      if (next === undefined || next > until) return;
      await pause(Math.max(next - clock(), 0));
    }
  }

  async function deliver({ dispatcher, mailer }: ClockWork, deadline: AbortSignal): Promise<void> {
    await tried(dispatcher.deliverAbandoned(deadline));
    await tried(mailer?.sendDue({ ending: deadline }));
  }

  /** An import stays due until somebody has taken a step of it: so what is not sent now, the next tick finds. */
  async function handOnImports({ findDueImports }: ClockWork, deadline: AbortSignal): Promise<void> {
    if (!queue || deadline.aborted) return;
    const due: ImportId[] = [];
    await findDueImports((importId) => due.push(importId));
    await queue.send(due, deadline);
  }

  return async (_event: unknown, invocation: Invocation): Promise<void> => {
    failures = 0;
    const work = await opened();
    const deadline = deadlineSignal(invocation);
    await Promise.all([tried(expireOnTime(work, deadline)), deliver(work, deadline), tried(handOnImports(work, deadline))]);
    if (failures > 0) throw new Error(`${failures} things failed that the clock is there for; the log tells which`);
  };
}
