import type { Email } from '../domain/email.ts';
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
  /** Verified addresses of users who are operators, besides those whose tokens say so. */
  readonly operators: ReadonlySet<Email>;
}

/**
 * Authenticates by a token, a ticket or the cookie of a session. What belongs to a session of ours ends with it. A session of another
 * issuer does not count: after the local issuer, which signs in anyone as anyone, a store may get real users.
 */
export function createAuthenticator(checks: CredentialChecks): Authenticator['authenticate'] {
  const { verifyToken, openTicket, sessions, issuer, operators } = checks;

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

  /** A ticket is for the events of one loan, so it makes nobody an operator. */
  async function ofTicket(identity: Identity): Promise<Identity> {
    if (!identity.session) return identity;
    return { ...identityOf(await findLive(identity.session)), isOperator: false };
  }

  function identityOf({ userId, sessionId, email, name, isOperator, expiresAt, startedAt }: Session): Identity {
    const session = { userId, sessionId };
    return withRole({ userId, email, name, isOperator: isOperator === true, expiresAt, issuedAt: startedAt, session });
  }

  function withRole(identity: Identity): Identity {
    return identity.email !== null && operators.has(identity.email) ? { ...identity, isOperator: true } : identity;
  }

  return async (credential) => {
    if (!credential) throw unauthorized('Sign in: send your token as "Authorization: Bearer TOKEN".');
    if (credential.kind === 'rejected') throw credential.error;
    if (credential.kind === 'session') return identityOf(await findLive(await sessions.open(credential.cookie)));
    if (credential.kind === 'ticket') return ofTicket(await openOrThrow(credential));
    const identity = await verifyToken(credential.token);
    return identity.session ? identityOf(await findLive(identity.session)) : withRole(identity);
  };
}
