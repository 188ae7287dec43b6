import type {
  AcceptInvitationResponse,
  AddLendersResponse,
  CreateLoanResponse,
  Event,
  Invitation,
  Lender,
  ListInvitationsResponse,
} from '@private-lending/client';
import type { Copied } from './copy/copy-store.ts';
import { padTo, showControls } from './terminal-text.ts';

/* Results of commands, as text or JSON. */

export interface JsonOption {
  readonly json?: true | undefined;
}

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function printResult<Result>({ json }: JsonOption, result: Result, printText: (result: Result) => void): void {
  if (json) printJson(result);
  else printText(result);
}

export function printCreated({ loan, lenders }: CreateLoanResponse): void {
  const { loan_id, amount, currency, remaining } = loan;
  print(`Loan ${loan_id} of ${amount} ${currency} is open; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printAdded({ lenders_added, lenders, remaining, currency }: AddLendersResponse): void {
  print(`${counted(lenders_added, 'lender')} invited; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printInvitations({ invitations }: ListInvitationsResponse): void {
  print(`${counted(invitations.length, 'invitation')}.`, ...invitations.map(invitationLine));
}

export function printAnswered({ invitation, loan }: AcceptInvitationResponse): void {
  const { total_accepted, amount, currency, status } = loan;
  print(`${total_accepted} of ${amount} ${currency} are accepted; the loan is ${status}.`, invitationLine(invitation));
}

export function printCopied({ from, to, counts, money }: Copied): void {
  const kindLines = Object.entries(counts).map(([kind, count]) => `  ${kind.padEnd(14)} ${String(count).padStart(10)}`);
  const moneyLines = money.map(({ loans, amount, invited }) => `  ${counted(loans, 'loan')} of ${amount}, ${invited} invited`);
  print(`${from} is copied to ${to}, and every item compared:`, ...kindLines, ...moneyLines);
}

/** One line: time, actor, event type, lender with amount, and the loan's totals. */
export function printEvent({ at, actor, type, data: { loan, lender } }: Event): void {
  const lenderColumn = lender ? `${lender.email} ${lender.contribution_amount}` : '';
  const totals = `${loan.total_accepted} accepted, ${loan.remaining} remaining`;
  print(`${at}  ${actor.padEnd(8)}  ${type.padEnd(15)}  ${padTo(lenderColumn, 36)}  ${totals}`);
}

function invitationLine({ loan_id, loan, borrower, contribution_amount, status }: Invitation): string {
  const { currency, interest_rate, term_months } = loan;
  const terms = `${contribution_amount} ${currency} at ${interest_rate} % for ${term_months} months`;
  return `  ${loan_id}  ${showControls(borrower.name ?? borrower.email)}: ${terms}  ${status}`;
}

function lenderLine({ email, contribution_amount, status, lender_id }: Lender): string {
  return `  ${padTo(email, 32)} ${String(contribution_amount).padStart(14)}  ${status}  ${lender_id}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
