import { unauthorized } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { Session, SessionRef } from '../domain/sign-in/session.ts';
import type { Authenticator, Credential } from '../execution/authenticate.ts';
import type { Sessions } from './sessions/sessions.ts';

interface CredentialChecks {
  /** @throws DomainError `UNAUTHORIZED` */
  verifyToken(token: string): Promise<Identity>;
  /** @returns undefined for a ticket that is not valid, or not any more */
  openTicket(ticket: string, loanId: string): Promise<Identity | undefined>;
  readonly sessions: Pick<Sessions, 'find' | 'open'>;
  /** Where users sign in now. */
  readonly issuer: string;
}

/**
 * Authenticates by a token, a ticket or the cookie of a session. What belongs to a session of ours ends with it. A session of another
 * issuer does not count: after the local issuer, which signs in anyone as anyone, a store may get real users.
 */
export function createAuthenticator(checks: CredentialChecks): Authenticator['authenticate'] {
  const { verifyToken, openTicket, sessions, issuer } = checks;

  async function findLive(ref: SessionRef | undefined): Promise<Session> {
    const session = ref && (await sessions.find(ref));
    if (session?.issuer !== issuer) throw unauthorized('Your session has ended. Sign in again.');
    return session;
  }

  async function openOrThrow({ ticket, loanId }: Extract<Credential, { readonly kind: 'ticket' }>): Promise<Identity> {
    const identity = await openTicket(ticket, loanId);
    if (!identity) throw unauthorized('The ticket is of another loan, or older than a minute. Get a new one.');
    return identity;
  }

  return async (credential) => {
    if (!credential) throw unauthorized('Sign in: send your token as "Authorization: Bearer TOKEN".');
    if (credential.kind === 'rejected') throw credential.error;
    if (credential.kind === 'session') return identityOf(await findLive(await sessions.open(credential.cookie)));
    const identity = await (credential.kind === 'token' ? verifyToken(credential.token) : openOrThrow(credential));
    return identity.session ? identityOf(await findLive(identity.session)) : identity;
  };
}

function identityOf({ userId, sessionId, email, name, expiresAt, startedAt }: Session): Identity {
  return { userId, email, name, expiresAt, issuedAt: startedAt, session: { userId, sessionId } };
}
