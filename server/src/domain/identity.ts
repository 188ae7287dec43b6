import type { Email } from './email.ts';
import type { UserId } from './ids.ts';

/** The user that a verified token identifies. */
export interface Identity {
  readonly userId: UserId;
  /** Null unless the issuer has verified it. */
  readonly email: Email | null;
  readonly name: string | null;
  /** Epoch milliseconds: the token's `exp`, without leeway. */
  readonly expiresAt: number;
  /** Epoch milliseconds: the token's `iat`. Undefined where it has none. */
  readonly issuedAt?: number | undefined;
}

/** The user who makes a request, with a verified address. */
export interface Caller extends Identity {
  readonly email: Email;
}
