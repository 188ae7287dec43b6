import { ConflictError } from '@private-lending/client';

/**
 * Why an answer was not taken, where the invitation is another than the page showed. `amount`: the borrower has changed it. `taken`: it
 * was declined by link, and others have the amount now. `ended`: it was answered, or has ended. Undefined for other errors.
 */
export type AnswerConflict = 'amount' | 'taken' | 'ended' | undefined;

export function answerConflict(error: unknown): AnswerConflict {
  if (!(error instanceof ConflictError)) return undefined;
  if (error.details.some(({ path }) => path === 'contribution_amount')) return 'amount';
  return error.details.some(({ code }) => code === 'OVER_FUNDING') ? 'taken' : 'ended';
}
