declare const id: unique symbol;

/** A string that identifies one kind of thing; the compiler rejects it for another. */
type Id<Kind extends string> = string & { readonly [id]: Kind };

export type CommandId = Id<'Command'>;
export type ImportId = Id<'Import'>;
export type LenderId = Id<'Lender'>;
export type LoanId = Id<'Loan'>;
export type MailId = Id<'Mail'>;
/** A keyed hash of the network of a client. */
export type NetworkId = Id<'Network'>;
export type RequestId = Id<'Request'>;
export type SessionId = Id<'Session'>;
export type UserId = Id<'User'>;

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** 132 bits in base64url. */
const HASH_ID = /^[A-Za-z0-9_-]{22}$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export function parseLoanId(text: string): LoanId | undefined {
  return UUID_V7.test(text) ? (text as LoanId) : undefined;
}

export function parseImportId(text: string): ImportId | undefined {
  return UUID_V7.test(text) ? (text as ImportId) : undefined;
}

export function parseLenderId(text: string): LenderId | undefined {
  return HASH_ID.test(text) ? (text as LenderId) : undefined;
}

export function parseSessionId(text: string): SessionId | undefined {
  return UUID_V7.test(text) ? (text as SessionId) : undefined;
}

export function parseMailId(text: string): MailId | undefined {
  return HASH_ID.test(text) ? (text as MailId) : undefined;
}

export function parseRequestId(text: string): RequestId | undefined {
  return REQUEST_ID.test(text) ? (text as RequestId) : undefined;
}

/** Generates ids. Injected, so that rules and tests are deterministic. */
export interface Ids {
  loan(): LoanId;
  import(): ImportId;
  command(): CommandId;
  request(): RequestId;
  session(): SessionId;
  /** Deterministic: the same arguments give the same id. */
  outgoingMail(...about: readonly (string | number | null)[]): MailId;
  /** Deterministic, one per loan and address; a keyed hash, so the address can't be found by trying. */
  lender(loanId: LoanId, email: string): LenderId;
}

/** The id that a client sent with its request, or a new one. @param sent `X-Request-Id` */
export function requestIdOf(sent: string | readonly string[] | null | undefined, ids: Pick<Ids, 'request'>): RequestId {
  return parseRequestId(String(sent ?? '')) ?? ids.request();
}
