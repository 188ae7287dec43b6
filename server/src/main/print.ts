import type * as z from 'zod';
import {
  type eventShape,
  invitationAnswer,
  type invitationsAnswer,
  lendersAddedAnswer,
  loanCreatedAnswer,
} from '../usecases/shapes.ts';
import type { Copied } from './copy.ts';

/* Answers, told to people. */

type Invitation = z.output<typeof invitationAnswer>['invitation'];
type Lender = z.output<typeof lendersAddedAnswer>['lenders'][number];
type Event = z.output<typeof eventShape>;

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function printCreated(answer: unknown): void {
  const { loan, lenders } = loanCreatedAnswer.parse(answer);
  const { loan_id, amount, currency, remaining } = loan;
  print(`Loan ${loan_id} of ${amount} ${currency} is open; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printAdded(answer: unknown): void {
  const { lenders_added, lenders, remaining, currency } = lendersAddedAnswer.parse(answer);
  const noun = lenders_added === 1 ? 'lender' : 'lenders';
  print(`${lenders_added} ${noun} invited; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printInvitations({ invitations }: z.output<typeof invitationsAnswer>): void {
  const noun = invitations.length === 1 ? 'invitation' : 'invitations';
  print(`${invitations.length} ${noun}.`, ...invitations.map(invitationLine));
}

export function printAnswered(answer: unknown): void {
  const { invitation, loan } = invitationAnswer.parse(answer);
  const { total_accepted, amount, currency, status } = loan;
  print(`${total_accepted} of ${amount} ${currency} are accepted; the loan is ${status}.`, invitationLine(invitation));
}

export function printCopied({ from, to, counts, money }: Copied): void {
  const kinds = Object.entries(counts).map(([kind, count]) => `  ${kind.padEnd(14)} ${String(count).padStart(10)}`);
  const sums = money.map(
    ({ loans, amount, invited }) => `  ${loans} ${loans === 1 ? 'loan' : 'loans'} of ${amount}, ${invited} invited`,
  );
  print(`${from} is copied to ${to}, and each item was compared:`, ...kinds, ...sums);
}

/** One line: when, who, what, to whom with how much, and how the loan stands since. */
export function printEvent({ at, actor, type, data: { loan, lender } }: Event): void {
  const whom = lender ? `${lender.email} ${lender.contribution_amount}` : '';
  const standing = `${loan.total_accepted} accepted, ${loan.remaining} remaining`;
  print(`${at}  ${actor.padEnd(8)}  ${type.padEnd(15)}  ${whom.padEnd(36)}  ${standing}`);
}

function invitationLine({ loan_id, loan, borrower, contribution_amount, status }: Invitation): string {
  const { currency, interest_rate, term_months } = loan;
  const terms = `${contribution_amount} ${currency} at ${interest_rate} % for ${term_months} months`;
  return `  ${loan_id}  ${borrower.name ?? borrower.email}: ${terms}  ${status}`;
}

function lenderLine({ email, contribution_amount, status, lender_id }: Lender): string {
  return `  ${email.padEnd(32)} ${String(contribution_amount).padStart(14)}  ${status}  ${lender_id}`;
}
