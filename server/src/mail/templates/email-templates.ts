import type { Email } from '../../domain/email.ts';
import { toPercent } from '../../domain/interest-rate.ts';
import type { Lender } from '../../domain/lender.ts';
import { type Loan, remaining } from '../../domain/loan.ts';
import { formatMoney, type MinorUnits, subtract } from '../../domain/money.ts';
import { nameAndAddress } from './display-name.ts';

/** Mails about a pending invitation. */
type InvitationKind = 'invitation' | 'changed' | 'reminder';

/** What a mail is about: the loan and the lender as they were when it was claimed. */
export type EmailTemplateInput =
  /** To the lender. */
  | { readonly kind: InvitationKind; readonly loan: Loan; readonly lender: Lender }
  /** To the borrower. */
  | { readonly kind: 'accepted' | 'declined'; readonly loan: Loan; readonly lender: Lender }
  /** To the borrower, or to a lender who accepted. */
  | { readonly kind: 'funded'; readonly loan: Loan; readonly lender: Lender | null };

/** The content of a mail. Never has the loan's purpose, with which a borrower could send any text to any address. */
export interface EmailContent {
  /** Amounts and fixed text only: a subject is often shown without the sender's address. */
  readonly subject: string;
  readonly heading: string;
  readonly opening: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** The label of the link. */
  readonly link: string;
  readonly closing: readonly string[];
  /** Why the recipient gets this mail. */
  readonly reason: string;
  /** The label of the opt-out link. */
  readonly optOut: string;
}

const NO_MONEY = 'No money moves through Private Lending. We never ask for a payment, a password or a card.';
const TO_LENDER = { optOut: 'Never invite me again' };
const TO_BORROWER = {
  link: 'Open Private Lending',
  reason: 'You get this because you asked people for this loan with your address.',
  optOut: 'Send no more e-mail to this address',
};

/** @param to where the mail goes */
export function renderTemplate(input: EmailTemplateInput, to: Email): EmailContent {
  switch (input.kind) {
    case 'invitation':
    case 'changed':
    case 'reminder':
      return invitation(input.kind, input.loan, input.lender, to);
    case 'accepted':
      return accepted(input.loan, input.lender);
    case 'declined':
      return declined(input.loan, input.lender);
    case 'funded':
      return input.lender ? fundedToLender(input.loan, input.lender) : fundedToBorrower(input.loan);
  }
}

function invitation(kind: InvitationKind, loan: Loan, lender: Lender, to: Email): EmailContent {
  const amount = money(loan, lender.contribution);
  const borrower = nameAndAddress(loan.borrowerName, loan.borrowerEmail);
  return {
    ...titleOf(kind, amount),
    opening: openingOf(kind, borrower, amount),
    facts: [
      ['Who asks', borrower],
      ['Amount asked of you', amount],
      ['The whole loan', money(loan, loan.amount)],
      ...terms(loan),
      ['Please answer by', formatTime(lender.expiresAt)],
    ],
    link: 'See the invitation',
    closing: [
      `To accept: open the link. It says how to sign in with the address that this was sent to, ${to}, and accept. Nothing is agreed before you do.`,
      'To refuse: open the link and choose “Decline”. You need no account for that. If you do nothing, the invitation ends by itself.',
      NO_MONEY,
    ],
    reason: `You get this because ${loan.borrowerEmail} entered your address. If you don’t know them, refuse.`,
    ...TO_LENDER,
  };
}

function titleOf(kind: InvitationKind, amount: string): Pick<EmailContent, 'subject' | 'heading'> {
  switch (kind) {
    case 'invitation':
      return { subject: `You are invited to lend ${amount}`, heading: `You are invited to lend ${amount}` };
    case 'changed':
      return { subject: `Changed: you are now invited to lend ${amount}`, heading: `The amount has changed: ${amount}` };
    case 'reminder':
      return { subject: `Reminder: you are invited to lend ${amount}`, heading: `A reminder: you are invited to lend ${amount}` };
  }
}

function openingOf(kind: InvitationKind, borrower: string, amount: string): string {
  const asks = `${borrower} raises a loan from people they know, and`;
  switch (kind) {
    case 'invitation':
      return `${asks} asks you to lend ${amount}.`;
    case 'changed':
      return `${asks} has changed the amount of your invitation: they now ask you to lend ${amount}. You have not answered yet.`;
    case 'reminder':
      return `${asks} asks you to lend ${amount}. You have not answered yet.`;
  }
}

function accepted(loan: Loan, lender: Lender): EmailContent {
  const amount = money(loan, lender.contribution);
  const who = nameAndAddress(lender.name, lender.email);
  return {
    subject: `Accepted: a lender takes part with ${amount}`,
    heading: `A lender accepted: ${amount}`,
    opening: `${who} accepted your invitation to lend ${amount}.`,
    facts: [['Lender', who], ['Amount', amount], ...progress(loan)],
    closing: ['A lender may still withdraw as long as the loan is open.', NO_MONEY],
    ...TO_BORROWER,
  };
}

function declined(loan: Loan, lender: Lender): EmailContent {
  const amount = money(loan, lender.contribution);
  const who = nameAndAddress(lender.name, lender.email);
  return {
    subject: `Declined: a lender does not take part with ${amount}`,
    heading: `A lender declined: ${amount}`,
    opening: `${who} declined your invitation to lend ${amount}.`,
    facts: [['Lender', who], ['Amount', amount], ...progress(loan)],
    closing: ['The amount is free again: you can invite somebody else for it.'],
    ...TO_BORROWER,
  };
}

function fundedToBorrower(loan: Loan): EmailContent {
  const total = money(loan, loan.totalAccepted);
  return {
    subject: `Your loan is funded: ${total}`,
    heading: `Your loan is funded: ${total}`,
    opening: `Your loan is complete. ${lenderCount(loan)} accepted to lend you ${total} in all.`,
    facts: [
      ['Accepted', `${total} of ${money(loan, loan.amount)}`],
      ['Lenders', String(loan.acceptedCount)],
      ...terms(loan),
      ...loanNumber(loan),
    ],
    closing: ['Now agree with your lenders on how and when they pay.', NO_MONEY],
    ...TO_BORROWER,
  };
}

function fundedToLender(loan: Loan, lender: Lender): EmailContent {
  const amount = money(loan, lender.contribution);
  const borrower = nameAndAddress(loan.borrowerName, loan.borrowerEmail);
  return {
    subject: `The loan that you take part in is funded: ${amount} from you`,
    heading: 'The loan that you take part in is funded',
    opening: `The loan of ${borrower} is complete. You accepted to lend ${amount}.`,
    facts: [
      ['Borrower', borrower],
      ['Your part', amount],
      ['The whole loan', money(loan, loan.totalAccepted)],
      ...terms(loan),
      ...loanNumber(loan),
    ],
    link: 'Open Private Lending',
    closing: [`Now agree with ${loan.borrowerEmail} on how and when you pay.`, NO_MONEY],
    reason: 'You get this because you accepted an invitation to this loan.',
    ...TO_LENDER,
  };
}

function lenderCount({ acceptedCount }: Loan): string {
  return acceptedCount === 1 ? 'One lender' : `${acceptedCount} lenders`;
}

function money({ currency }: Loan, units: MinorUnits): string {
  return formatMoney(units, currency);
}

function terms({ interestRate, termMonths }: Loan): EmailContent['facts'] {
  return [
    ['Interest', `${toPercent(interestRate)} % a year`],
    ['Term', termMonths === 1 ? '1 month' : `${termMonths} months`],
  ];
}

/** The state of the loan, for the borrower. */
function progress(loan: Loan): EmailContent['facts'] {
  const { amount, totalInvited, totalAccepted, status } = loan;
  return [
    ['Accepted so far', `${money(loan, totalAccepted)} of ${money(loan, amount)}`],
    ['Still to be answered', money(loan, subtract(totalInvited, totalAccepted))],
    ['Not asked of anybody yet', money(loan, remaining(loan))],
    ['The loan is', status],
    ...loanNumber(loan),
  ];
}

/** A borrower may have several loans of the same amount. */
function loanNumber({ loanId }: Loan): EmailContent['facts'] {
  return [['Loan', loanId]];
}

/** `31 March 2026, 09:15 UTC` */
function formatTime(time: number): string {
  const date = new Date(time);
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}
