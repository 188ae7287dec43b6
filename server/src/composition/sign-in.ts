import { randomBytes, randomInt } from 'node:crypto';
import { createAuthenticator } from '../auth/authenticator.ts';
import { EmailSignIn } from '../auth/email/email-sign-in.ts';
import { SigningKeys } from '../auth/email/signing-keys.ts';
import { EMAIL_ISSUER, type EmailIssuer, openEmailIssuer } from '../auth/email/token-issuer.ts';
import { LOCAL_ISSUER, type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.ts';
import { OidcClient } from '../auth/oidc-client/oidc-client.ts';
import { discoveredKeys } from '../auth/oidc-keys.ts';
import { FeedTickets } from '../auth/sessions/feed-tickets.ts';
import { createSealer, type Sealer } from '../auth/sessions/sealed-text.ts';
import { Sessions } from '../auth/sessions/sessions.ts';
import { type Issuer, tokenVerifier } from '../auth/token-verifier.ts';
import type { Config } from '../config/config.ts';
import { CODES, codeOf } from '../domain/sign-in/email-challenge.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import { SignInMailQueue } from '../mail/sign-in-mail-sender.ts';
import type { Core } from './core.ts';

const CHALLENGE_BYTES = 32;

/** Sign-in by e-mail. */
interface EmailAuth {
  readonly issuer: EmailIssuer;
  readonly signIn: EmailSignIn;
  /** The host has to send these mails. */
  readonly mails: SignInMailQueue;
}

/** How users sign in, by the configuration. */
export interface SignIn {
  readonly issuer: Issuer;
  readonly localIssuer: LocalIssuer | undefined;
  readonly emailAuth: EmailAuth | undefined;
  readonly sessions: Sessions;
  readonly authenticate: Authenticator['authenticate'];
  readonly tickets: FeedTickets;
  /** Undefined without AUTH_CLIENT_ID. */
  readonly oidc: OidcClient | undefined;
  /** Seals sign-ins that have begun. */
  readonly sealer: Sealer;
}

export async function openSignIn({ signIn, operators }: Pick<Config, 'operators' | 'signIn'>, core: Core): Promise<SignIn> {
  const { store, clock } = core.services;
  const keys = core.storeSecrets.keyRing('sessions');
  const sessions = new Sessions(core.services, keys, issuerName(signIn));
  const localIssuer = signIn.kind === 'local' ? await openLocalIssuer(store, clock) : undefined;
  const emailAuth = signIn.kind === 'email' ? openEmailAuth(core, sessions) : undefined;
  const issuer =
    signIn.kind === 'oidc' ? { ...signIn, ...discoveredKeys(signIn.issuer, clock) } : (localIssuer ?? emailAuth?.issuer);
  if (!issuer) throw new TypeError('there is no issuer of tokens');
  const tickets = new FeedTickets(createSealer(keys, 'feed-ticket'), clock);
  const openTicket = (ticket: string, loanId: string) => tickets.open(ticket, loanId);
  const authenticate = createAuthenticator({
    verifyToken: tokenVerifier(issuer, clock),
    openTicket,
    sessions,
    issuer: issuer.issuer,
    operators,
  });
  const oidc = oidcClient(signIn, issuer, clock);
  return { issuer, localIssuer, emailAuth, sessions, authenticate, tickets, oidc, sealer: createSealer(keys, 'sign-in') };
}

function issuerName(signIn: Config['signIn']): string {
  if (signIn.kind === 'oidc') return signIn.issuer;
  return signIn.kind === 'email' ? EMAIL_ISSUER : LOCAL_ISSUER;
}

/** With the client id as another audience: the audience of an ID token is the client that requested it. */
function oidcClient(signIn: Config['signIn'], issuer: Issuer, clock: () => number): OidcClient | undefined {
  if (signIn.kind !== 'oidc' || signIn.clientId === undefined) return undefined;
  const { clientId, clientSecret } = signIn;
  const verifyIdToken = tokenVerifier({ ...issuer, audience: `${issuer.audience} ${clientId}` }, clock);
  return new OidcClient({ issuer: signIn.issuer, clientId, clientSecret, verifyIdToken, clock });
}

function openEmailAuth({ services, storeSecrets }: Core, sessions: Sessions): EmailAuth {
  const mails = new SignInMailQueue();
  return {
    mails,
    issuer: openEmailIssuer(new SigningKeys(services, storeSecrets.keyRing('sessions')), services.clock),
    signIn: new EmailSignIn({
      services,
      sessions,
      mails,
      codeKey: storeSecrets.deriveKey('sign-in codes'),
      createChallenge: () => randomBytes(CHALLENGE_BYTES).toString('base64url'),
      createCode: () => codeOf(randomInt(CODES)),
    }),
  };
}
