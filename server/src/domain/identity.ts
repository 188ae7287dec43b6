import type { Email } from './email.ts';
import type { UserId } from './ids.ts';

/** Who a verified token says is asking. */
export interface Identity {
  readonly userId: UserId;
  /** Null where the issuer has not verified it. */
  readonly email: Email | null;
  readonly name: string | null;
  /** Epoch milliseconds: what the token itself says, without leeway. */
  readonly expiresAt: number;
}

/** Someone who may ask: their address is their own. */
export interface Caller extends Identity {
  readonly email: Email;
}
