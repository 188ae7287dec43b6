import { type AnswerCounts, NO_ANSWERS } from './sender-answers.ts';

/** Mails about pending invitations on a UTC day of a sender whom nobody has answered: a large family. */
const FIRST = 25;
/** More for each acceptance: who invites people that want to be invited soon sends without delay. */
const PER_ACCEPTANCE = 2;
/** Fewer for each decline, opt-out and bounce. */
const PER_REFUSAL = 2;
/** At least, so that all mail leaves in the end, and answers can come. */
const MIN = 3;

/** How many mails about pending invitations a borrower may send on a UTC day, by the answers to those before. */
export function pacedMailsPerDay({ accepted, declined, optedOut, bounced }: AnswerCounts = NO_ANSWERS): number {
  return Math.max(MIN, FIRST + PER_ACCEPTANCE * accepted - PER_REFUSAL * (declined + optedOut + bounced));
}
