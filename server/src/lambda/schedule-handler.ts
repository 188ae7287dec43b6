import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Background } from '../composition/background.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import type { ImportId } from '../domain/ids.ts';
import type { MailSender } from '../mail/mail-sender.ts';
import type { OutboxDispatcher } from '../outbox/dispatcher.ts';
import type { Log } from '../telemetry/log.ts';
import type { ImportQueue } from './import-queue.ts';
import { deadlineSignal, type Invocation } from './invocation.ts';

export interface ScheduleOptions {
  readonly open: () => Promise<ScheduledWork>;
  /** Undefined if there is no import worker. */
  readonly queue: ImportQueue | undefined;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

export interface ScheduledWork extends Pick<Background, 'expireDue' | 'findDueImports' | 'refreshKeys' | 'removeExpired'> {
  readonly dispatcher: { deliverAbandoned(...options: Parameters<OutboxDispatcher['deliverAbandoned']>): Promise<unknown> };
  readonly mailSender: { sendDue(...options: Parameters<MailSender['sendDue']>): Promise<unknown> } | undefined;
}

const TICK_MS = 60_000;

/**
 * Does what is due every minute: frees the amounts of expired invitations, delivers abandoned outboxes, sends mail, queues imports
 * and deletes expired ones. Invocations may overlap.
 * @returns a handler that runs all tasks, and rejects if any failed; the next invocation retries it
 */
export function scheduleHandler({ open, queue, log, clock, pause = pauseFor }: ScheduleOptions) {
  const load = retryableOnce(open);

  return async (_event: unknown, invocation: Invocation): Promise<void> => {
    const { expireDue, findDueImports, refreshKeys, removeExpired, dispatcher, mailSender } = await load();
    await refreshKeys();
    const signal = deadlineSignal(invocation);
    let failures = 0;
    const onError = (err: unknown): void => {
      failures += 1;
      log.error({ err }, 'background task failed, will be retried');
    };

    async function expireUntilNextTick(): Promise<void> {
      const end = clock() + TICK_MS;
      while (!signal.aborted) {
        const { next } = await expireDue(onError, signal);
        if (next === undefined || next > end) return;
        await pause(Math.max(next - clock(), 0));
      }
    }

    async function deliverAndSend(): Promise<void> {
      await dispatcher.deliverAbandoned(onError, signal).catch(onError);
      await mailSender?.sendDue(onError, { signal }).catch(onError);
    }

    async function queueImports(): Promise<void> {
      if (!queue || signal.aborted) return;
      const due: ImportId[] = [];
      await findDueImports((importId) => due.push(importId));
      await queue.send(due, signal);
    }

    await Promise.all([
      expireUntilNextTick().catch(onError),
      deliverAndSend(),
      queueImports().catch(onError),
      removeExpired(onError, signal).catch(onError),
    ]);
    if (failures > 0) throw new Error(`${failures} background tasks failed, see the log`);
  };
}
