declare const id: unique symbol;

/** A string that names one kind of thing and can't be mistaken for another. */
type Id<Kind extends string> = string & { readonly [id]: Kind };

export type CommandId = Id<'Command'>;
export type ImportId = Id<'Import'>;
export type LenderId = Id<'Lender'>;
export type LoanId = Id<'Loan'>;
export type MailId = Id<'Mailing'>;
export type RequestId = Id<'Request'>;
export type UserId = Id<'User'>;

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const LENDER_ID = /^[A-Za-z0-9_-]{22}$/;
const MAIL_ID = /^[A-Za-z0-9_-]{22}$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** @returns undefined for a text that can name no loan */
export function parseLoanId(text: string): LoanId | undefined {
  return UUID_V7.test(text) ? (text as LoanId) : undefined;
}

/** @returns undefined for a text that can name no import */
export function parseImportId(text: string): ImportId | undefined {
  return UUID_V7.test(text) ? (text as ImportId) : undefined;
}

/** @returns undefined for a text that can name no lender */
export function parseLenderId(text: string): LenderId | undefined {
  return LENDER_ID.test(text) ? (text as LenderId) : undefined;
}

/** @returns undefined for a text that can name no mailing */
export function parseMailId(text: string): MailId | undefined {
  return MAIL_ID.test(text) ? (text as MailId) : undefined;
}

/** @returns undefined for a text that does not serve as a request id */
export function parseRequestId(text: string): RequestId | undefined {
  return REQUEST_ID.test(text) ? (text as RequestId) : undefined;
}

/** Where ids come from: given from outside, so that rules and tests are repeatable. */
export interface Ids {
  loan(): LoanId;
  import(): ImportId;
  command(): CommandId;
  request(): RequestId;
  /** Always the same for a mail about the same. */
  outgoingMail(...about: readonly (string | number | null)[]): MailId;
  /** One per loan and address, always the same, and not to be guessed from the address. */
  lender(loanId: LoanId, email: string): LenderId;
}
