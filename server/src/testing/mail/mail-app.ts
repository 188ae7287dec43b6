import { onTestFinished } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { mailLinks } from '../../mail/action-links.ts';
import { enqueueMailHandler } from '../../mail/enqueue-mail-handler.ts';
import { MailSender } from '../../mail/mail-sender.ts';
import type { MailTransport } from '../../mail/transports/transport.ts';
import { OutboxDispatcher } from '../../outbox/dispatcher.ts';
import type { Pause } from '../../outbox/pause.ts';
import { fixedKeyRing } from '../../storage/key-ring.ts';
import type { Store } from '../../storage/store.ts';
import type { MailAttempt } from '../../telemetry/background-log.ts';
import { emailOf } from '../app/domain-fixtures.ts';
import { openTestApp } from '../app/test-app.ts';

export interface MailAppOptions {
  readonly store: Store;
  readonly transport: MailTransport;
  /** Default: the store. */
  readonly senderStore?: Store;
  /** Default: moves the app's clock for retries, and never renews a claim. */
  readonly pause?: (advance: (ms: number) => void) => Pause;
}

/** Longer pauses are between renewals of a claim, shorter ones between retries. */
export const RENEW_MS_MIN = 10_000;

/** Rejects once the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
}

/** The app with a mail sender, whose parts run when a test calls them. */
export async function openMailApp({ store, transport, senderStore = store, pause }: MailAppOptions) {
  const testApp = await openTestApp({ store, config: { invitesPerHour: 1_000_000 } });
  onTestFinished(() => testApp.close());
  const { services } = testApp.app;
  const attempts: MailAttempt[] = [];
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const advance = (ms: number) => testApp.advance(ms);
  const defaultPause: Pause = async (ms, signal) => (ms > RENEW_MS_MIN ? untilAborted(signal) : advance(ms));
  const newSender = (on: Store = senderStore) =>
    new MailSender({
      services: { ...services, store: on },
      transport,
      from: { name: 'Private Lending', address: emailOf('mail@lending.example.org') },
      language: 'en',
      links: mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 5)) }),
      limits: readConfig({ PACING: 'off' }).mail.limits,
      onAttempt: (attempt) => void attempts.push(attempt),
      pause: pause?.(advance) ?? defaultPause,
    });
  const sender = newSender();
  const options = { store: testApp.store, ids: services.ids, clock: () => testApp.now };
  const queueing = { sendNow: async () => false, noteQueued: sender.noteQueued.bind(sender) };
  const dispatcher = new OutboxDispatcher({
    ...options,
    handlers: [enqueueMailHandler({ ...options, sender: queueing })],
    onFailure: ({ error }) => onError(error),
    onError,
  });
  return {
    testApp,
    services,
    attempts,
    errors,
    onError,
    newSender,
    sender,
    /** `invitation sent`, in order. */
    outcomes: () => attempts.map(({ outcome, outgoingMail }) => `${outgoingMail.kind} ${outcome}`),
    /** Has the event handler queue the mails of all changes. */
    async dispatch(): Promise<void> {
      testApp.advance(11_000);
      await dispatcher.deliverAbandoned(onError);
    },
  };
}
