import { unauthorized } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { Session, SessionRef } from '../domain/sign-in/session.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import type { Sessions } from './sessions/sessions.ts';

interface CredentialChecks {
  /** @throws DomainError `UNAUTHORIZED` */
  verifyToken(token: string): Promise<Identity>;
  readonly sessions: Pick<Sessions, 'find' | 'open'>;
}

/** Authenticates by a token or by the cookie of a session. A token that belongs to a session of ours ends with it. */
export function createAuthenticator({ verifyToken, sessions }: CredentialChecks): Authenticator['authenticate'] {
  async function findLive(ref: SessionRef | undefined): Promise<Session> {
    const session = ref && (await sessions.find(ref));
    if (!session) throw unauthorized('Your session has ended. Sign in again.');
    return session;
  }

  return async (credential) => {
    if (!credential) throw unauthorized('Sign in: send your token as "Authorization: Bearer TOKEN".');
    if (credential.kind === 'session') return identityOf(await findLive(await sessions.open(credential.cookie)));
    const identity = await verifyToken(credential.token);
    return identity.session ? identityOf(await findLive(identity.session)) : identity;
  };
}

function identityOf({ userId, sessionId, email, name, expiresAt, startedAt }: Session): Identity {
  return { userId, email, name, expiresAt, issuedAt: startedAt, session: { userId, sessionId } };
}
