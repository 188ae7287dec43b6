import { randomBytes, randomInt } from 'node:crypto';
import type { EmailAuthService } from '../api/http/sign-in/email-routes.ts';
import { createAuthenticator } from '../auth/authenticator.ts';
import { EmailSignIn } from '../auth/email/email-sign-in.ts';
import { SigningKeys } from '../auth/email/signing-keys.ts';
import { type EmailIssuer, openEmailIssuer } from '../auth/email/token-issuer.ts';
import { type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.ts';
import { discoveredKeys } from '../auth/oidc-keys.ts';
import { Sessions } from '../auth/sessions/sessions.ts';
import { type Issuer, tokenVerifier } from '../auth/token-verifier.ts';
import type { Config } from '../config/config.ts';
import { DomainError } from '../domain/errors.ts';
import { CODES, codeOf } from '../domain/sign-in/email-challenge.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import type { RequestMetadata } from '../execution/request-metadata.ts';
import type { Services } from '../execution/services.ts';
import { trackRequest } from '../execution/track-request.ts';
import { SignInMailQueue } from '../mail/sign-in-mail-sender.ts';
import type { Core } from './core.ts';

const CHALLENGE_BYTES = 32;

/** Sign-in by e-mail, as far as it needs no HTTP. */
export interface EmailAuth {
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
}

export async function openSignIn({ signIn }: Pick<Config, 'signIn'>, core: Core): Promise<SignIn> {
  const { store, clock } = core.services;
  const sessions = new Sessions(core.services, core.storeSecrets.keyRing('sessions'));
  const localIssuer = signIn.kind === 'local' ? await openLocalIssuer(store, clock) : undefined;
  const emailAuth = signIn.kind === 'email' ? openEmailAuth(core, sessions) : undefined;
  const issuer =
    signIn.kind === 'oidc' ? { ...signIn, ...discoveredKeys(signIn.issuer, clock) } : (localIssuer ?? emailAuth?.issuer);
  if (!issuer) throw new TypeError('there is no issuer of tokens');
  const authenticate = createAuthenticator({ verifyToken: tokenVerifier(issuer, clock), sessions });
  return { issuer, localIssuer, emailAuth, sessions, authenticate };
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

/** Sign-in by e-mail for the API. Each request is counted and logged. */
export function emailAuthService({ telemetry, clock }: Services, { issuer, signIn }: EmailAuth): EmailAuthService {
  async function tracked<Result>(endpoint: string, call: RequestMetadata, work: () => Promise<Result>): Promise<Result> {
    const result = await trackRequest(telemetry, endpoint, call, {}, work);
    if (result instanceof DomainError) throw result;
    return result;
  }

  return {
    clock,
    issue: (session) => issuer.issue(session),
    keySet: () => issuer.keySet(),
    request: (email, network, call) => tracked('RequestSignInCode', call, () => signIn.request(email, network, call)),
    verify: (answer, call) => tracked('SignInByEmail', call, () => signIn.verify(answer)),
  };
}
