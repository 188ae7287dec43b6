import type { LenderId, UserId } from '../domain/ids.ts';
import type { MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { pacedMailsPerDay } from '../domain/mail/limits/pacing.ts';
import { answersIn, countBatch, countBounced, type SenderAnswers } from '../domain/mail/limits/sender-answers.ts';
import { senderCountOn } from '../domain/mail/limits/sender-mail-count.ts';
import { mailingsWithin } from '../domain/mail/limits/waiting-mailings.ts';
import { heldBackIn, isHeld, type Mailing, releaseHeldBack } from '../domain/mail/mailing.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../execution/optimistic-commit.ts';
import type { CoreServices } from '../execution/services.ts';
import type { MailAnswered } from '../execution/telemetry.ts';
import type { View } from '../execution/view.ts';
import type { EventHandler } from '../outbox/dispatcher.ts';
import { mailingKey, senderAnswersKey, senderMailCountKey } from '../storage/keys.ts';
import type { Key, Put } from '../storage/store.ts';

/** In the commit of an answer. A further one waits for the next answer, or for the next day. */
const RELEASED_MAX = 10;

interface AnswersOptions {
  readonly limits: Pick<MailLimits, 'isPaced' | 'perSender'>;
  readonly onAnswer: (answered: MailAnswered) => void;
}

/**
 * Counts the answers to a borrower's invitations. In the commit of an acceptance, mails that the sender may send by it become due
 * that its limits had held back.
 */
export function answersHandler(services: CoreServices, { limits, onAnswer }: AnswersOptions): EventHandler {
  return {
    name: 'answers',
    async handle(batch) {
      const { loan, requestId, traceparent } = batch;
      const answers = answersIn(batch);
      if (answers.length === 0) return;
      const answersAt = senderAnswersKey(loan.borrowerId);
      const releases = limits.isPaced && answers.includes('accepted');
      const release = releases ? releaseFor(services, loan.borrowerId, limits) : undefined;
      const countedIn = (view: View) => countBatch(view.at(answersAt)?.data, batch);
      const isCounted = await decideAndCommit(services, {
        keys: [answersAt, ...(release?.keys ?? [])],
        moreKeys(view) {
          const counted = countedIn(view);
          return counted && release ? release.mailingKeys(view, counted) : [];
        },
        decide(view): Decision<boolean> {
          const counted = countedIn(view);
          if (!counted) return { result: false, writes: [] };
          const write = { key: answersAt, expected: view.versionAt(answersAt), data: counted };
          return { result: true, writes: [write, ...(release?.writes(view, counted) ?? [])] };
        },
      });
      if (isCounted) for (const answer of answers) onAnswer({ answer, loanId: loan.loanId, requestId, traceparent });
    },
  };
}

/** Releases the mails of a sender that their answers leave room for today. */
function releaseFor({ clock }: CoreServices, borrowerId: UserId, { perSender }: Pick<MailLimits, 'perSender'>) {
  const countAt = senderMailCountKey(borrowerId);
  function mailingKeys(view: View, answers: SenderAnswers): Key<Mailing>[] {
    const stored = view.at(countAt)?.data;
    if (!stored?.waiting) return [];
    const max = Math.min(pacedMailsPerDay(answers), perSender === 0 ? Number.POSITIVE_INFINITY : perSender);
    const room = max - senderCountOn(periodAt('day', clock()), stored).count;
    return mailingsWithin(room, stored)
      .slice(0, RELEASED_MAX)
      .map(({ mailingId }) => mailingKey(mailingId));
  }
  function writes(view: View, answers: SenderAnswers): Put[] {
    const now = clock();
    return mailingKeys(view, answers).flatMap((key) => {
      const mailing = view.at(key)?.data;
      const isWaiting = mailing && !isHeld(mailing, now) && heldBackIn(mailing) > 0;
      return isWaiting ? [mailingWrite(releaseHeldBack(mailing, now), view.versionAt(key))] : [];
    });
  }
  return { keys: [countAt], mailingKeys, writes };
}

/**
 * Counts lenders whose mail about a pending invitation bounced, each once.
 * @returns those that were not counted before
 */
export function countBounces(
  services: CoreServices,
  borrowerId: UserId,
  lenderIds: readonly LenderId[],
): Promise<readonly LenderId[]> {
  const key = senderAnswersKey(borrowerId);
  const decide = (view: View): Decision<readonly LenderId[]> => {
    const { counted, answers } = countBounced(view.at(key)?.data, lenderIds);
    return { result: counted, writes: counted.length > 0 ? [{ key, expected: view.versionAt(key), data: answers }] : [] };
  };
  return decideAndCommit(services, { keys: [key], decide });
}
