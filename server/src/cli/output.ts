import type {
  AcceptInvitationResponse,
  AddLendersResponse,
  CreateLoanResponse,
  Event,
  Import,
  Invitation,
  Lender,
  ListInvitationsResponse,
} from '@private-lending/client';
import type { Copied } from './copy/copy-store.ts';

/* Answers, told to people. */

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function printCreated({ loan, lenders }: CreateLoanResponse): void {
  const { loan_id, amount, currency, remaining } = loan;
  print(`Loan ${loan_id} of ${amount} ${currency} is open; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printAdded({ lenders_added, lenders, remaining, currency }: AddLendersResponse): void {
  const noun = lenders_added === 1 ? 'lender' : 'lenders';
  print(`${lenders_added} ${noun} invited; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printInvitations({ invitations }: ListInvitationsResponse): void {
  const noun = invitations.length === 1 ? 'invitation' : 'invitations';
  print(`${invitations.length} ${noun}.`, ...invitations.map(invitationLine));
}

export function printAnswered({ invitation, loan }: AcceptInvitationResponse): void {
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

const OUTCOMES: Readonly<Record<keyof Import['outcomes'], string>> = {
  added: 'added',
  would_be_added: 'would be added',
  already_invited: 'already invited',
  invalid: 'invalid',
  over_funding: 'over what remains',
  not_added: 'not added',
  pending: 'not yet seen to',
};

/** What has become of a file, as a table. */
export function printImported({ status, dry_run, mode_reason, rows_total, outcomes, amount_added, failure }: Import): void {
  const rows = Object.entries(OUTCOMES).flatMap(([outcome, words]) => {
    const count = Object.entries(outcomes).find(([name]) => name === outcome)?.[1] ?? 0;
    return count > 0 ? [`  ${words.padEnd(18)} ${String(count).padStart(8)}`] : [];
  });
  const what = dry_run ? 'Dry run' : 'Import';
  const told =
    failure === null ? `${what} of ${rows_total} rows is ${status}.` : `${what} of ${rows_total} rows has failed: ${failure}`;
  print(told, `  ${mode_reason}`, ...rows, `  ${'amount'.padEnd(18)} ${String(amount_added).padStart(8)}`);
}

function invitationLine({ loan_id, loan, borrower, contribution_amount, status }: Invitation): string {
  const { currency, interest_rate, term_months } = loan;
  const terms = `${contribution_amount} ${currency} at ${interest_rate} % for ${term_months} months`;
  return `  ${loan_id}  ${borrower.name ?? borrower.email}: ${terms}  ${status}`;
}

function lenderLine({ email, contribution_amount, status, lender_id }: Lender): string {
  return `  ${email.padEnd(32)} ${String(contribution_amount).padStart(14)}  ${status}  ${lender_id}`;
}
