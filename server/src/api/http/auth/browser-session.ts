import type { Context } from 'hono';
import type { Sessions } from '../../../auth/sessions/sessions.ts';
import type { UserId } from '../../../domain/ids.ts';
import type { Session, SessionRef } from '../../../domain/sign-in/session.ts';
import type { Env } from '../hono-env.ts';
import { readCookie, writeCookie } from './session-cookie.ts';

export interface BrowserSessionServices {
  readonly sessions: Pick<Sessions, 'end' | 'open' | 'seal'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Sets the cookie of a session that has started, and ends the session that the browser had before.
 * @param replaced the session to end; by default, that of the request's cookie
 * @returns members of the response
 */
export async function setSessionCookie(
  context: Context<Env>,
  { sessions, clock }: BrowserSessionServices,
  session: Session,
  replaced?: SessionRef,
): Promise<{ readonly user_id: UserId; readonly expires_in: number }> {
  const earlier = replaced ?? (await sessionOfCookie(context, sessions));
  if (earlier) await sessions.end(earlier);
  const seconds = Math.max(0, Math.floor((session.expiresAt - clock()) / 1000));
  writeCookie(context, 'session', await sessions.seal(session), seconds);
  return { user_id: session.userId, expires_in: seconds };
}

/** The session of the request's cookie, which may have ended. It authenticates nobody: any page can have sent the request. */
async function sessionOfCookie(
  context: Context<Env>,
  sessions: BrowserSessionServices['sessions'],
): Promise<SessionRef | undefined> {
  const cookie = readCookie(context, 'session');
  return cookie === undefined ? undefined : sessions.open(cookie);
}
