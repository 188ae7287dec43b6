import { mailingDueAt } from '../domain/mail/mailing.ts';
import { type OutgoingMail, releaseClaim } from '../domain/outgoing-mail.ts';
import type { MailAttempt } from '../telemetry/background-log.ts';
import type { ClaimedMailing, DecidedMail } from './claim-mailing.ts';
import type { MailingLease } from './mailing-lease.ts';
import type { SendWindow } from './send-window.ts';

/** How long the outcome of a mail may wait for those of others, to be recorded together. */
const RECORD_MS_MAX = 200;

interface SendOptions {
  readonly lease: MailingLease;
  readonly window: SendWindow;
  /** Sends one mail. Never rejects. */
  readonly attempt: (mail: DecidedMail) => Promise<MailAttempt>;
  /** Whether further mails may be started, beside the claim. Those that are not are released, so that any process may send them. */
  readonly canContinue: () => boolean;
  /** Gets each outcome once it is recorded. */
  readonly onAttempt: (attempt: MailAttempt) => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Sends the claimed mails of a mailing, as the window has room, and records their outcomes in groups.
 * @returns when a mail of it is due again; undefined where none is
 * @throws the error of a record that failed until the claim ended
 */
export async function sendMailing({ mailing, decided }: ClaimedMailing, options: SendOptions): Promise<number | undefined> {
  const { lease, window, attempt, canContinue, onAttempt, clock } = options;
  const claimed = decided.filter(({ outgoingMail }) => outgoingMail.state.name === 'claimed');
  let due = mailingDueAt(mailing);
  if (claimed.length === 0) return due;
  let ended: MailAttempt[] = [];
  let released: OutgoingMail[] = [];
  let timer: NodeJS.Timeout | undefined;
  const errors: unknown[] = [];

  async function record(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const [attempts, unsent] = [ended, released];
    [ended, released] = [[], []];
    if (attempts.length + unsent.length === 0) return;
    try {
      const recorded = await lease.record([...attempts.map(({ outgoingMail }) => outgoingMail), ...unsent]);
      if (recorded) due = mailingDueAt(recorded);
      for (const each of attempts) onAttempt(each);
    } catch (error) {
      errors.push(error);
    } finally {
      window.recorded(attempts.length);
    }
  }
  const records: Promise<void>[] = [];
  const recordEarly = () => void records.push(record());

  async function sendOne(mail: DecidedMail): Promise<void> {
    await window.enter();
    if (!canContinue() || !lease.isHeld) {
      released.push(releaseClaim(mail.outgoingMail, clock()));
      return window.leaveUnsent();
    }
    const outcome = await attempt(mail);
    ended.push(outcome); // not of before the wait: a record may have taken it
    window.leave();
    timer ??= setTimeout(recordEarly, RECORD_MS_MAX);
  }

  const stopListening = window.onFull(recordEarly);
  await lease.holdDuring(async () => {
    await Promise.all(claimed.map(sendOne));
    await Promise.all([...records, record()]);
  });
  stopListening();
  if (errors.length > 0) throw errors[0];
  return due;
}
