import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type LenderId, type LoanId, parseLenderId, parseLoanId } from '../domain/ids.ts';
import { type KeyRing, ORIGINAL_VERSION } from '../storage/key-ring.ts';

/** One invitation: a lender of a loan, in one of their rounds. */
export interface LenderRef {
  readonly loanId: LoanId;
  readonly lenderId: LenderId;
  readonly round: number;
}

/** The recipient of a mail: a lender, or the loan's borrower. */
export type MailRef = LenderRef | { readonly loanId: LoanId; readonly lenderId: null; readonly round: 0 };

/** What a token allows. A token in a query string, which may be logged, only allows to opt out. */
type TokenUse = 'decline' | 'opt out';

/** The URLs in a mail, all below PUBLIC_URL. `expiresAt` is when the invitation expires; epoch milliseconds. */
export interface MailLinks {
  /** The page of a loan, for its borrower. */
  loan(loanId: LoanId): string;
  /** The page of an invitation, for the lender who answered it. */
  answered(loanId: LoanId): string;
  /** The page of an invitation. The token to decline is in the fragment, which browsers do not send to a server. */
  invitation(ref: LenderRef, expiresAt: number): string;
  /** The page to opt out of mail. */
  optOut(ref: MailRef, expiresAt: number): string;
  /** For one-click unsubscribe (RFC 8058). Mail programs send no fragment, so this token is in the query string. */
  oneClick(ref: MailRef, expiresAt: number): string;
  /** Verifies a token. @returns undefined if it is forged, expired, or not for this use */
  open(token: string, use: 'decline', now: number): Promise<LenderRef | undefined>;
  open(token: string, use: 'opt out', now: number): Promise<MailRef | undefined>;
}

/** How long links work after the invitation has expired: old mail must still allow to opt out. */
const VALID_MS_AFTER_EXPIRY = 60 * 86_400_000;

/*
 * A token is 3 bytes of the version of its key, which those of the original key lack, 48 of payload and 18 of its HMAC. In
 * base64url, 66 bytes are 88 characters and 69 are 92, both with only one spelling.
 */
const VERSION_BYTES = 3;
const PAYLOAD_BYTES = 48;
const MAC_BYTES = 18;
const TOKEN = /^(?:[\w-]{88}|[\w-]{92})$/;
const USES: readonly TokenUse[] = ['decline', 'opt out'];
const NO_LENDER = ' '.repeat(22);

/**
 * @param publicUrl may have a path
 * @param keys sign the tokens and are used for nothing else
 */
export function mailLinks({ publicUrl, keys }: { readonly publicUrl: string; readonly keys: KeyRing }): MailLinks {
  const base = publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl;

  let signingKey: { readonly version: number; readonly key: KeyObject } | undefined;

  /** Node prepares a key that is not a `KeyObject` at each use, which takes longer than the rest of the token. */
  function currentKey(): { readonly version: number; readonly key: KeyObject } {
    const { version, key } = keys.current;
    if (signingKey?.version !== version) signingKey = { version, key: createSecretKey(key) };
    return signingKey;
  }

  function tokenFor(use: TokenUse, ref: MailRef, expiresAt: number): string {
    const { version, key } = currentKey();
    const prefix = Buffer.alloc(version === ORIGINAL_VERSION ? 0 : VERSION_BYTES);
    if (version !== ORIGINAL_VERSION) prefix.writeUIntBE(version, 0, VERSION_BYTES);
    const payload = encode(use, ref, expiresAt + VALID_MS_AFTER_EXPIRY);
    return Buffer.concat([prefix, payload, macOf(payload, key)]).toString('base64url');
  }

  function open(token: string, use: 'decline', now: number): Promise<LenderRef | undefined>;
  function open(token: string, use: TokenUse, now: number): Promise<MailRef | undefined>;
  async function open(token: string, use: TokenUse, now: number): Promise<MailRef | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const prefixBytes = bytes.length - PAYLOAD_BYTES - MAC_BYTES;
    const version = prefixBytes === 0 ? ORIGINAL_VERSION : bytes.readUIntBE(0, VERSION_BYTES);
    if (prefixBytes > 0 && version === ORIGINAL_VERSION) return undefined;
    const key = await keys.find(version);
    const payload = bytes.subarray(prefixBytes, prefixBytes + PAYLOAD_BYTES);
    if (!key || !timingSafeEqual(bytes.subarray(prefixBytes + PAYLOAD_BYTES), macOf(payload, key))) return undefined;
    const { uses, ref, expiresAt } = decode(payload);
    if (!uses.includes(use) || expiresAt <= now) return undefined;
    return use === 'decline' && ref?.lenderId === null ? undefined : ref;
  }

  return {
    loan: (loanId) => `${base}/app/loans/${loanId}`,
    answered: (loanId) => `${base}/app/invitations/${loanId}`,
    invitation: (ref, expiresAt) => `${base}/invite/${ref.loanId}#${tokenFor('decline', ref, expiresAt)}`,
    optOut: (ref, expiresAt) => `${base}/mail/opt-out#${tokenFor('opt out', ref, expiresAt)}`,
    oneClick: (ref, expiresAt) => `${base}/mail/opt-out?token=${tokenFor('opt out', ref, expiresAt)}`,
    open,
  };
}

function macOf(payload: Buffer, key: Buffer | KeyObject): Buffer {
  return createHmac('sha256', key).update(payload).digest().subarray(0, MAC_BYTES);
}

function encode(use: TokenUse, { loanId, lenderId, round }: MailRef, expiresAt: number): Buffer {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.writeUInt8(USES.indexOf(use), 0);
  payload.write(loanId.replaceAll('-', ''), 1, 'hex');
  payload.write(lenderId ?? NO_LENDER, 17, 'latin1');
  payload.writeUInt32BE(round, 39);
  payload.writeUIntBE(Math.floor(expiresAt / 1000), 43, 5);
  return payload;
}

function decode(payload: Buffer): { uses: readonly TokenUse[]; ref: MailRef | undefined; expiresAt: number } {
  const loanId = parseLoanId(payload.toString('hex', 1, 17).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  const lenderText = payload.toString('latin1', 17, 39);
  const lenderId = parseLenderId(lenderText);
  const round = payload.readUInt32BE(39);
  const ref = loanId && refOf(loanId, lenderId, lenderText, round);
  return { uses: USES.slice(payload.readUInt8(0)), ref, expiresAt: payload.readUIntBE(43, 5) * 1000 };
}

function refOf(loanId: LoanId, lenderId: LenderId | undefined, lenderText: string, round: number): MailRef | undefined {
  if (lenderId !== undefined && round > 0) return { loanId, lenderId, round };
  return lenderText === NO_LENDER ? { loanId, lenderId: null, round: 0 } : undefined;
}
