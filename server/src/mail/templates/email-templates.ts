import { formatDate, formatTime } from '@private-lending/locale/dates';
import type { Language } from '@private-lending/locale/languages';
import { translate } from '@private-lending/locale/messages';
import { formatAmount, formatDecimal, formatMinorUnits, formatPercent } from '@private-lending/locale/numbers';
import { scheduleRepayment } from '@private-lending/locale/repayment-schedule';
import type { Email } from '../../domain/email.ts';
import { toPercent } from '../../domain/interest-rate.ts';
import type { Lender } from '../../domain/lender.ts';
import { type Loan, remaining } from '../../domain/loan.ts';
import { type MinorUnits, subtract, toMajorUnits } from '../../domain/money.ts';
import { nameAndAddress, safeDisplayName } from './display-name.ts';
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
  readonly greeting: string;
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
  const about = [kind, texts.language, lender.contribution, lender.expiresAt].join();
  const { closing, ...others } = sharedContent(loan, about, () => invitationOf(texts, kind, loan, lender));
  return {
    ...others,
    greeting: greeting(texts, lender.name),
    closing: [translate(texts, 'toAccept', { address: to }), ...closing],
  };
}

function invitationOf(texts: MailTexts, kind: InvitationKind, loan: Loan, lender: Lender): SharedContent {
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
      [translate(texts, 'comesBack'), repayment(texts, loan, lender)],
      [translate(texts, 'answerBy'), dateAndTime(texts, lender.expiresAt)],
    ],
    link: translate(texts, 'seeInvitation'),
    closing: [translate(texts, 'toDecline'), translate(texts, 'noMoney')],
    reason: translate(texts, 'invitationReason', { borrower: loan.borrowerEmail }),
    optOut: translate(texts, 'stopMail'),
  };
}

/** What lenders with the same terms read alike. */
type SharedContent = Omit<EmailContent, 'greeting'>;

const sharedContents = new WeakMap<Loan, Map<string, SharedContent>>();

/** Renders once what several mails have alike. @param loan the mails of a mailing have the same object @param about all that differs */
function sharedContent(loan: Loan, about: string, render: () => SharedContent): SharedContent {
  const contents = sharedContents.get(loan) ?? new Map<string, SharedContent>();
  sharedContents.set(loan, contents);
  const content = contents.get(about) ?? render();
  contents.set(about, content);
  return content;
}

function accepted(texts: MailTexts, loan: Loan, lender: Lender): EmailContent {
  const amount = money(texts, loan, lender.contribution);
  const who = nameAndAddress(lender.name, lender.email);
  return {
    subject: translate(texts, 'acceptedSubject', { amount }),
    heading: translate(texts, 'acceptedHeading', { amount }),
    opening: translate(texts, 'acceptedOpening', { lender: who, amount }),
    facts: [[translate(texts, 'lender'), who], [translate(texts, 'amount'), amount], ...progress(texts, loan)],
    closing: [...(loan.status === 'open' ? [translate(texts, 'mayWithdraw')] : []), translate(texts, 'noMoney')],
    ...toBorrower(texts, loan),
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
    closing: loan.status === 'open' ? [translate(texts, 'amountIsFree')] : [],
    ...toBorrower(texts, loan),
  };
}

function fundedToBorrower(texts: MailTexts, loan: Loan): EmailContent {
  const outcome = outcomeOf(loan);
  const [total, accepted] = [money(texts, loan, loan.totalAccepted), figure(texts, loan, loan.totalAccepted)];
  const amount = money(texts, loan, loan.amount);
  const title = translate(texts, `title.${outcome}`, { total });
  return {
    subject: title,
    heading: title,
    opening: translate(texts, `opening.${outcome}`, { count: loan.acceptedCount, total, accepted, amount }),
    facts: [
      [translate(texts, 'accepted'), translate(texts, 'ofAmount', { accepted, amount })],
      [translate(texts, 'lenders'), formatDecimal(loan.acceptedCount, texts.language)],
      ...terms(texts, loan),
    ],
    closing: [translate(texts, 'agreeWithLenders'), translate(texts, 'noMoney')],
    ...toBorrower(texts, loan),
  };
}

function fundedToLender(texts: MailTexts, loan: Loan, lender: Lender): EmailContent {
  const about = ['funded', texts.language, lender.contribution].join();
  const content = sharedContent(loan, about, () => fundedToLenderOf(texts, loan, lender));
  return { ...content, greeting: greeting(texts, lender.name) };
}

function fundedToLenderOf(texts: MailTexts, loan: Loan, lender: Lender): SharedContent {
  const outcome = outcomeOf(loan);
  const amount = money(texts, loan, lender.contribution);
  const [total, accepted] = [money(texts, loan, loan.totalAccepted), figure(texts, loan, loan.totalAccepted)];
  const asked = money(texts, loan, loan.amount);
  const borrower = nameAndAddress(loan.borrowerName, loan.borrowerEmail);
  return {
    language: texts.language,
    subject: translate(texts, `toLender.subject.${outcome}`, { amount }),
    heading: translate(texts, `toLender.heading.${outcome}`, { total }),
    opening: translate(texts, `toLender.opening.${outcome}`, { borrower, amount, accepted, asked }),
    facts: [
      [translate(texts, 'borrower'), borrower],
      [translate(texts, 'yourPart'), amount],
      [
        translate(texts, 'wholeLoan'),
        outcome === 'complete' ? total : translate(texts, 'ofAmountAskedFor', { accepted, amount: asked }),
      ],
      ...terms(texts, loan),
      [translate(texts, 'comesBack'), repayment(texts, loan, lender)],
    ],
    link: translate(texts, 'seePart'),
    closing: [translate(texts, 'agreeWithBorrower', { borrower: loan.borrowerEmail }), translate(texts, 'noMoney')],
    reason: translate(texts, 'lenderReason'),
    optOut: translate(texts, 'stopMail'),
  };
}

/** Whether a funded loan has its whole amount, or was closed below it. */
function outcomeOf({ amount, totalAccepted }: Loan): 'closed' | 'complete' {
  return totalAccepted < amount ? 'closed' : 'complete';
}

/** @param name as its user or a borrower typed it */
function greeting(texts: MailTexts, name: string | null): string {
  const safe = safeDisplayName(name);
  return safe === null ? translate(texts, 'greetingWithoutName') : translate(texts, 'greeting', { name: safe });
}

function toBorrower(texts: MailTexts, loan: Loan): Pick<EmailContent, 'greeting' | 'language' | 'link' | 'reason' | 'optOut'> {
  return {
    language: texts.language,
    greeting: greeting(texts, loan.borrowerName),
    link: translate(texts, 'openLoan'),
    reason: translate(texts, 'borrowerReason'),
    optOut: translate(texts, 'stopMail'),
  };
}

function money({ language }: MailTexts, { currency }: Loan, units: MinorUnits): string {
  return formatMinorUnits(units, currency, language);
}

/** `5,000.00`, before an amount that has the currency. */
function figure({ language }: MailTexts, { currency }: Loan, units: MinorUnits): string {
  return formatAmount(toMajorUnits(units, currency), currency, language);
}

function terms(texts: MailTexts, { interestRate, termMonths }: Loan): EmailContent['facts'] {
  const percent = formatPercent(toPercent(interestRate), texts.language);
  return [
    [translate(texts, 'interest'), translate(texts, 'percentAYear', { percent })],
    [translate(texts, 'term'), translate(texts, 'months', { count: termMonths })],
  ];
}

/** What comes back to a lender, as the console shows it. */
function repayment(texts: MailTexts, loan: Loan, { contribution: amount }: Lender): string {
  const { termMonths } = loan;
  const plan = scheduleRepayment({ amount, interestRate: toPercent(loan.interestRate), termMonths });
  const format = (units: number) => formatMinorUnits(units, loan.currency, texts.language);
  const [payment, last, total] = [format(plan.monthlyPayment), format(plan.lastPayment), format(plan.total)];
  if (plan.months === 1) return translate(texts, 'onePayment', { total });
  return last === payment
    ? translate(texts, 'payments', { payment, total })
    : translate(texts, 'paymentsLast', { payment, last, total });
}

/** The state of the loan, for the borrower: the figures that the console shows. */
function progress(texts: MailTexts, loan: Loan): EmailContent['facts'] {
  const { totalInvited, totalAccepted, status } = loan;
  const [accepted, amount] = [figure(texts, loan, totalAccepted), money(texts, loan, loan.amount)];
  return [
    [translate(texts, 'acceptedSoFar'), translate(texts, 'ofAmount', { accepted, amount })],
    ...(status === 'open'
      ? [
          [translate(texts, 'waiting'), money(texts, loan, subtract(totalInvited, totalAccepted))] as const,
          [translate(texts, 'free'), money(texts, loan, remaining(loan))] as const,
        ]
      : []),
    [translate(texts, 'status'), translate(texts, `status.${status}`)],
  ];
}

/** `31 March 2026, 09:15 UTC`: where the recipient is, is unknown. */
function dateAndTime(texts: MailTexts, time: number): string {
  const format = { language: texts.language, timeZone: 'UTC' };
  return translate(texts, 'time', { date: formatDate(time, format), time: formatTime(time, format) });
}
