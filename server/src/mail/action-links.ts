import { createHmac, timingSafeEqual } from 'node:crypto';
import { type LenderId, type LoanId, parseLenderId, parseLoanId } from '../domain/ids.ts';

/** An invitation: a lender in a loan, in one of their rounds. */
export interface LenderRef {
  readonly loanId: LoanId;
  readonly lenderId: LenderId;
  readonly round: number;
}

/** Whom a mail was sent to: a lender, or the loan's borrower. */
export type MailRef = LenderRef | { readonly loanId: LoanId; readonly lenderId: null; readonly round: 0 };

/** What a token is good for. One that stands in a URL, where logs see it, can only stop mail. */
type TokenUse = 'decline' | 'opt out';

/** Where a mail leads. All below PUBLIC_URL. */
export interface MailLinks {
  readonly site: string;
  /** The page of an invitation; what it takes to decline stands in the fragment, which no server gets to see. */
  invitation(ref: LenderRef, expiresAt: number): string;
  /** The page on which further mail is refused. */
  optOut(ref: MailRef, expiresAt: number): string;
  /** Where mail programs POST to at one click (RFC 8058). They send no fragment, so this token stands in the query. */
  oneClick(ref: MailRef, expiresAt: number): string;
  /** @returns undefined for a token that was not made here, has expired, or is not for this use; @param now epoch milliseconds */
  open(token: string, use: 'decline', now: number): LenderRef | undefined;
  open(token: string, use: 'opt out', now: number): MailRef | undefined;
}

/** An invitation's mail may be found again long after: stopping further ones must still work then. */
const OPT_OUT_MS_AFTER = 60 * 86_400_000;

/* A token is 48 bytes of payload and 18 of the key's hash: 66, which base64url writes in 88 characters, one way only. */
const PAYLOAD_BYTES = 48;
const HASH_BYTES = 18;
const TOKEN = /^[\w-]{88}$/;
const USES: readonly TokenUse[] = ['decline', 'opt out'];
const NOBODY = ' '.repeat(22);

/**
 * @param publicUrl where the program is reached from outside, with its path if it has one
 * @param key of the installation, for this purpose alone
 */
export function mailLinks({ publicUrl, key }: { readonly publicUrl: string; readonly key: Buffer }): MailLinks {
  const site = publicUrl.replace(/\/+$/, '');

  function tokenFor(use: TokenUse, ref: MailRef, expiresAt: number): string {
    const payload = write(use, ref, expiresAt);
    return Buffer.concat([payload, hashOf(payload)]).toString('base64url');
  }

  function hashOf(payload: Buffer): Buffer {
    return createHmac('sha256', key).update(payload).digest().subarray(0, HASH_BYTES);
  }

  function open(token: string, use: 'decline', now: number): LenderRef | undefined;
  function open(token: string, use: TokenUse, now: number): MailRef | undefined;
  function open(token: string, use: TokenUse, now: number): MailRef | undefined {
    if (!TOKEN.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const payload = bytes.subarray(0, PAYLOAD_BYTES);
    if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), hashOf(payload))) return undefined;
    const { uses, ref, expiresAt } = read(payload);
    if (!uses.includes(use) || expiresAt <= now) return undefined;
    return use === 'decline' && ref?.lenderId === null ? undefined : ref;
  }

  return {
    site: `${site}/`,
    invitation: (ref, expiresAt) => `${site}/invite/${ref.loanId}#${tokenFor('decline', ref, expiresAt + OPT_OUT_MS_AFTER)}`,
    optOut: (ref, expiresAt) => `${site}/mail/opt-out#${tokenFor('opt out', ref, expiresAt + OPT_OUT_MS_AFTER)}`,
    oneClick: (ref, expiresAt) => `${site}/mail/opt-out?token=${tokenFor('opt out', ref, expiresAt + OPT_OUT_MS_AFTER)}`,
    open,
  };
}

function write(use: TokenUse, { loanId, lenderId, round }: MailRef, expiresAt: number): Buffer {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.writeUInt8(USES.indexOf(use), 0);
  payload.write(loanId.replaceAll('-', ''), 1, 'hex');
  payload.write(lenderId ?? NOBODY, 17, 'latin1');
  payload.writeUInt32BE(round, 39);
  payload.writeUIntBE(Math.floor(expiresAt / 1000), 43, 5);
  return payload;
}

function read(payload: Buffer): { uses: readonly TokenUse[]; ref: MailRef | undefined; expiresAt: number } {
  const loanId = parseLoanId(payload.toString('hex', 1, 17).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  const named = payload.toString('latin1', 17, 39);
  const lenderId = parseLenderId(named);
  const round = payload.readUInt32BE(39);
  const ref = loanId && refOf(loanId, lenderId, named, round);
  return { uses: USES.slice(payload.readUInt8(0)), ref, expiresAt: payload.readUIntBE(43, 5) * 1000 };
}

function refOf(loanId: LoanId, lenderId: LenderId | undefined, named: string, round: number): MailRef | undefined {
  if (lenderId !== undefined && round > 0) return { loanId, lenderId, round };
  return named === NOBODY ? { loanId, lenderId: null, round: 0 } : undefined;
}
