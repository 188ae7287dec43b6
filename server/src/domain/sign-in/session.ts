import type { Email } from '../email.ts';
import type { SessionId, UserId } from '../ids.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Sessions of one user at a time. One more ends the oldest.
 * @internal exported for tests
 */
export const SESSIONS_PER_USER_MAX = 20;

/** How a user has signed in. */
export type SignInMethod = 'email' | 'local' | 'oidc';

/** How long a session lasts. One of an issuer is short, as only the issuer knows whether the user may still sign in there. */
export const SESSION_MS: Readonly<Record<SignInMethod, number>> = {
  email: 30 * DAY_MS,
  local: 30 * DAY_MS,
  oidc: 12 * HOUR_MS,
};

/** Names a session. */
export interface SessionRef {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** A user who is signed in, until the session expires or is ended. */
export interface Session extends SessionRef {
  /** Null unless it is verified. */
  readonly email: Email | null;
  readonly name: string | null;
  readonly method: SignInMethod;
  /** Who has signed the user in: the session counts only as long as users sign in there. */
  readonly issuer?: string;
  /** Whether the issuer's token has named an operator. Left out where it has not. */
  readonly isOperator?: true;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The sessions of a user, oldest first, and the name for their next one. */
export interface UserSessions {
  readonly sessions: readonly Pick<Session, 'expiresAt' | 'sessionId'>[];
  /** As the user last gave it. */
  readonly name: string | null;
}

export function isLive({ expiresAt }: Pick<Session, 'expiresAt'>, now: number): boolean {
  return now < expiresAt;
}

/** @returns the user's sessions with a new one, and those that end for it */
export function addSession(
  current: UserSessions | undefined,
  { sessionId, expiresAt, startedAt, name }: Session,
): { readonly next: UserSessions; readonly ended: readonly SessionId[] } {
  const live = current?.sessions.filter((each) => isLive(each, startedAt)) ?? [];
  const all = [...live, { sessionId, expiresAt }];
  return {
    next: { sessions: all.slice(-SESSIONS_PER_USER_MAX), name: name ?? current?.name ?? null },
    ended: all.slice(0, -SESSIONS_PER_USER_MAX).map((each) => each.sessionId),
  };
}
