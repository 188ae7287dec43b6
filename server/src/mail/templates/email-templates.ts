import { formatDate, formatTime } from '@private-lending/locale/dates';
import type { Language } from '@private-lending/locale/languages';
import { translate } from '@private-lending/locale/messages';
import { formatDecimal, formatMinorUnits, formatPercent } from '@private-lending/locale/numbers';
import type { Email } from '../../domain/email.ts';
import { toPercent } from '../../domain/interest-rate.ts';
import type { Lender } from '../../domain/lender.ts';
import { type Loan, remaining } from '../../domain/loan.ts';
import { type MinorUnits, subtract } from '../../domain/money.ts';
import { nameAndAddress } from './display-name.ts';
import { MAIL_TEXTS, type MailTexts } from './mail-texts.ts';

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
  readonly language: Language;
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

/** @param to where the mail goes */
export function renderTemplate(input: EmailTemplateInput, to: Email, language: Language): EmailContent {
  const texts = MAIL_TEXTS[language];
  switch (input.kind) {
    case 'invitation':
    case 'changed':
    case 'reminder':
      return invitation(texts, input.kind, input.loan, input.lender, to);
    case 'accepted':
      return accepted(texts, input.loan, input.lender);
    case 'declined':
      return declined(texts, input.loan, input.lender);
    case 'funded':
      return input.lender ? fundedToLender(texts, input.loan, input.lender) : fundedToBorrower(texts, input.loan);
  }
}

function invitation(texts: MailTexts, kind: InvitationKind, loan: Loan, lender: Lender, to: Email): EmailContent {
  const amount = money(texts, loan, lender.contribution);
  const borrower = nameAndAddress(loan.borrowerName, loan.borrowerEmail);
  return {
    language: texts.language,
    subject: translate(texts, `subject.${kind}`, { amount }),
    heading: translate(texts, `heading.${kind}`, { amount }),
    opening: translate(texts, `opening.${kind}`, { borrower, amount }),
    facts: [
      [translate(texts, 'whoAsks'), borrower],
      [translate(texts, 'amountAsked'), amount],
      [translate(texts, 'wholeLoan'), money(texts, loan, loan.amount)],
      ...terms(texts, loan),
      [translate(texts, 'answerBy'), dateAndTime(texts, lender.expiresAt)],
    ],
    link: translate(texts, 'seeInvitation'),
    closing: [translate(texts, 'toAccept', { address: to }), translate(texts, 'toDecline'), translate(texts, 'noMoney')],
    reason: translate(texts, 'invitationReason', { borrower: loan.borrowerEmail }),
    optOut: translate(texts, 'neverInvite'),
  };
}

function accepted(texts: MailTexts, loan: Loan, lender: Lender): EmailContent {
  const amount = money(texts, loan, lender.contribution);
  const who = nameAndAddress(lender.name, lender.email);
  return {
    subject: translate(texts, 'acceptedSubject', { amount }),
    heading: translate(texts, 'acceptedHeading', { amount }),
    opening: translate(texts, 'acceptedOpening', { lender: who, amount }),
    facts: [[translate(texts, 'lender'), who], [translate(texts, 'amount'), amount], ...progress(texts, loan)],
    closing: [translate(texts, 'mayWithdraw'), translate(texts, 'noMoney')],
    ...toBorrower(texts),
  };
}

function declined(texts: MailTexts, loan: Loan, lender: Lender): EmailContent {
  const amount = money(texts, loan, lender.contribution);
  const who = nameAndAddress(lender.name, lender.email);
  const kind = lender.withdrawn ? 'withdrawn' : 'declined';
  return {
    subject: translate(texts, `subject.${kind}`, { amount }),
    heading: translate(texts, `heading.${kind}`, { amount }),
    opening: translate(texts, `opening.${kind}`, { lender: who, amount }),
    facts: [[translate(texts, 'lender'), who], [translate(texts, 'amount'), amount], ...progress(texts, loan)],
    closing: [translate(texts, 'amountIsFree')],
    ...toBorrower(texts),
  };
}

function fundedToBorrower(texts: MailTexts, loan: Loan): EmailContent {
  const total = money(texts, loan, loan.totalAccepted);
  const title = translate(texts, 'fundedTitle', { total });
  return {
    subject: title,
    heading: title,
    opening: translate(texts, 'fundedOpening', { count: loan.acceptedCount, total }),
    facts: [
      [translate(texts, 'accepted'), translate(texts, 'ofAmount', { accepted: total, amount: money(texts, loan, loan.amount) })],
      [translate(texts, 'lenders'), formatDecimal(loan.acceptedCount, texts.language)],
      ...terms(texts, loan),
    ],
    closing: [translate(texts, 'agreeWithLenders'), translate(texts, 'noMoney')],
    ...toBorrower(texts),
  };
}

function fundedToLender(texts: MailTexts, loan: Loan, lender: Lender): EmailContent {
  const amount = money(texts, loan, lender.contribution);
  const borrower = nameAndAddress(loan.borrowerName, loan.borrowerEmail);
  return {
    language: texts.language,
    subject: translate(texts, 'fundedToLenderSubject', { amount }),
    heading: translate(texts, 'fundedToLenderHeading'),
    opening: translate(texts, 'fundedToLenderOpening', { borrower, amount }),
    facts: [
      [translate(texts, 'borrower'), borrower],
      [translate(texts, 'yourPart'), amount],
      [translate(texts, 'wholeLoan'), money(texts, loan, loan.totalAccepted)],
      ...terms(texts, loan),
    ],
    link: translate(texts, 'seePart'),
    closing: [translate(texts, 'agreeWithBorrower', { borrower: loan.borrowerEmail }), translate(texts, 'noMoney')],
    reason: translate(texts, 'lenderReason'),
    optOut: translate(texts, 'neverInvite'),
  };
}

function toBorrower(texts: MailTexts): Pick<EmailContent, 'language' | 'link' | 'reason' | 'optOut'> {
  return {
    language: texts.language,
    link: translate(texts, 'openLoan'),
    reason: translate(texts, 'borrowerReason'),
    optOut: translate(texts, 'noMoreMail'),
  };
}

function money({ language }: MailTexts, { currency }: Loan, units: MinorUnits): string {
  return formatMinorUnits(units, currency, language);
}

function terms(texts: MailTexts, { interestRate, termMonths }: Loan): EmailContent['facts'] {
  const percent = formatPercent(toPercent(interestRate), texts.language);
  return [
    [translate(texts, 'interest'), translate(texts, 'percentAYear', { percent })],
    [translate(texts, 'term'), translate(texts, 'months', { count: termMonths })],
  ];
}

/** The state of the loan, for the borrower. */
function progress(texts: MailTexts, loan: Loan): EmailContent['facts'] {
  const { totalInvited, totalAccepted, status } = loan;
  const [soFar, amount] = [money(texts, loan, totalAccepted), money(texts, loan, loan.amount)];
  return [
    [translate(texts, 'acceptedSoFar'), translate(texts, 'ofAmount', { accepted: soFar, amount })],
    [translate(texts, 'toBeAnswered'), money(texts, loan, subtract(totalInvited, totalAccepted))],
    [translate(texts, 'notAsked'), money(texts, loan, remaining(loan))],
    [translate(texts, 'status'), translate(texts, `status.${status}`)],
  ];
}

/** `31 March 2026, 09:15 UTC`: where the recipient is, is unknown. */
function dateAndTime(texts: MailTexts, time: number): string {
  const format = { language: texts.language, timeZone: 'UTC' };
  return translate(texts, 'time', { date: formatDate(time, format), time: formatTime(time, format) });
}
