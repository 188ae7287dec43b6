import type { Email } from './email.ts';
import type { UserId } from './ids.ts';
import type { SessionRef } from './sign-in/session.ts';

/** The user that a verified token or a session identifies. */
export interface Identity {
  readonly userId: UserId;
  /** Null unless the issuer has verified it. */
  readonly email: Email | null;
  readonly name: string | null;
  /** Whether they may see and decide the holds of all borrowers. */
  readonly isOperator: boolean;
  /** Epoch milliseconds: the `exp` of the token or the end of the session, without leeway. */
  readonly expiresAt: number;
  /** Epoch milliseconds: the `iat` of the token or the start of the session. Undefined where there is none. */
  readonly issuedAt?: number | undefined;
  /** Undefined for a token that belongs to no session of ours. */
  readonly session?: SessionRef | undefined;
}

/** The user who makes a request, with a verified address. */
export interface Caller extends Identity {
  readonly email: Email;
}
