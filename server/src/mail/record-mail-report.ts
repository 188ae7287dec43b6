import { DomainError } from '../domain/errors.ts';
import type { LenderId, LoanId, MailId } from '../domain/ids.ts';
import type { Answer } from '../domain/mail/limits/sender-answers.ts';
import { isAboutPendingInvitation, type MailKind } from '../domain/outgoing-mail.ts';
import type { CoreServices } from '../execution/services.ts';
import { loanKey } from '../storage/keys.ts';
import { stopMailTo } from '../usecases/invitations/respond-by-email.ts';
import { countBounces } from './answers-handler.ts';

/** What became of a mail after the mail server had taken it. */
export interface MailReport {
  /** `bounced`: it could not be delivered, for good. `complained`: its recipient reported it as spam. */
  readonly name: 'bounced' | 'complained';
  readonly mailId: MailId;
  readonly kind: MailKind;
  readonly loanId: LoanId;
  /** Null for mail to the borrower. */
  readonly lenderId: LenderId | null;
}

/**
 * Counts a bounce for the borrower, once for each lender. A complaint stops all further mail to its recipient, like an opt-out.
 * @returns what it counts as; undefined where it does not count, was counted before, or is of a mail of another store
 * @throws StoreError
 */
export async function recordMailReport(services: CoreServices, report: MailReport): Promise<Answer | undefined> {
  const { name, kind, loanId, lenderId } = report;
  if (name === 'complained') return (await stopMail(services, { loanId, lenderId })) ? 'opted-out' : undefined;
  if (lenderId === null || !isAboutPendingInvitation(kind)) return undefined;
  const [loan] = await services.store.get([loanKey(loanId)]);
  if (!loan) return undefined;
  const counted = await countBounces(services, loan.data.borrowerId, [lenderId]);
  return counted.length > 0 ? 'bounced' : undefined;
}

async function stopMail(services: CoreServices, recipient: Pick<MailReport, 'lenderId' | 'loanId'>): Promise<boolean> {
  try {
    return await stopMailTo(services, recipient);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
