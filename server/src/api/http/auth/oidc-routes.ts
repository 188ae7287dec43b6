import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { SignInSecrets } from '../../../auth/oidc-client/oidc-client.ts';
import { SignInError, type SignInFailure } from '../../../auth/oidc-client/sign-in-error.ts';
import type { Sealer } from '../../../auth/sessions/sealed-text.ts';
import { DomainError, signInUnavailable, unauthorized } from '../../../domain/errors.ts';
import type { RequestProgress } from '../../../execution/track-request.ts';
import type { Env } from '../hono-env.ts';
import { consumeAddressQuota } from '../route-handler.ts';
import { type AuthServices, baseUrl, tracked } from './auth-routes.ts';
import { setSessionCookie } from './browser-session.ts';
import { basePath } from './own-origin.ts';
import { returnPath } from './return-path.ts';
import { clearCookie, readCookie, writeCookie } from './session-cookie.ts';

const CALLBACK_PATH = '/auth/callback';
/** Failures that a user can do nothing about. */
const NEEDS_OPERATOR: ReadonlySet<SignInFailure> = new Set(['not_configured', 'rejected']);
/** How long a user may take at the issuer. */
const SIGN_IN_SECONDS = 600;

export interface OidcRouteServices extends AuthServices {
  /** Seals pending sign-ins. */
  readonly sealer: Sealer;
  /** Called with a failure whose reason the operator should know. */
  readonly onSignInFailed: (error: SignInError, request: Env['Variables']) => void;
}

/** A sign-in that waits for the issuer, as its browser keeps it. */
const pendingSignIn = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** Epoch milliseconds. */
  until: z.number(),
  /** The session that the browser has, whose cookie it does not send when it comes from the issuer. */
  replaces: z.string().optional(),
});

type PendingSignIn = z.output<typeof pendingSignIn>;

/** The sign-in page of the console, and the two steps of signing in at an issuer. Errors lead back to that page. */
export function addOidcRoutes(app: Hono<Env>, services: OidcRouteServices): void {
  const { authenticator, clock, method, oidc, onSignInFailed, sealer, sessions } = services;

  app.get('/auth/login', (context) => {
    const returnTo = returnPath(context.req.query('return_to'));
    return redirected(context, 'BeginSignIn', async () => {
      if (method !== 'oidc') return signInPage({ return_to: returnTo }, services);
      if (!oidc) throw new SignInError('not_configured');
      const { url, ...secrets } = await oidc.begin(callbackUrl(context, services));
      const until = clock() + SIGN_IN_SECONDS * 1000;
      const pending: PendingSignIn = { ...secrets, returnTo, until, replaces: readCookie(context, 'session') };
      writeCookie(context, 'sign-in', await sealer.seal(JSON.stringify(pending)), SIGN_IN_SECONDS);
      return url.href;
    });
  });

  app.get(CALLBACK_PATH, (context) =>
    redirected(context, 'FinishSignIn', async (progress) => {
      const pending = await readPending(context);
      // Any page can lead the browser here: the cookie of a sign-in that waits is left.
      if (pending && context.req.query('state') !== pending.state) throw new SignInError('expired');
      clearCookie(context, 'sign-in');
      if (!pending || clock() >= pending.until) throw new SignInError('expired');
      await signIn(context, pending, progress);
      return basePath(services.publicUrl) + pending.returnTo;
    }),
  );

  /** Redirects to the page that `run` returns, or to the sign-in page with an error. */
  function redirected(
    context: Context<Env>,
    endpoint: string,
    run: (progress: RequestProgress) => Promise<string>,
  ): Promise<Response> {
    const redirect = async (progress: RequestProgress): Promise<Response> => {
      await consumeAddressQuota(context, authenticator);
      return context.redirect(await run(progress).catch((error: unknown) => throwReported(error)), 302);
    };
    return tracked(context, services, endpoint, redirect).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code === 'TOO_MANY_REQUESTS') throw error;
      const { cause } = error;
      if (cause instanceof SignInError && NEEDS_OPERATOR.has(cause.failure)) onSignInFailed(cause, context.var);
      return context.redirect(signInPage({ error: failureOf(error) }, services), 302);
    });
  }

  async function signIn(context: Context<Env>, pending: PendingSignIn, progress: RequestProgress): Promise<void> {
    if (!oidc) throw new SignInError('not_configured');
    const current = new URL(callbackUrl(context, services));
    current.search = new URL(context.req.url).search;
    const identity = await oidc.finish(current, pending satisfies SignInSecrets);
    progress.identity = identity;
    if (identity.email === null) throw new SignInError('email_unverified');
    const { userId, email, name, isOperator } = identity;
    const session = await sessions.start({ userId, email, name, isOperator, method: 'oidc' });
    await setSessionCookie(
      context,
      services,
      session,
      pending.replaces === undefined ? undefined : await sessions.open(pending.replaces),
    );
  }

  async function readPending(context: Context<Env>): Promise<PendingSignIn | undefined> {
    const sealed = readCookie(context, 'sign-in');
    const text = sealed === undefined ? undefined : await sealer.open(sealed);
    return text === undefined ? undefined : pendingSignIn.parse(JSON.parse(text));
  }
}

/** For metrics and the log: as an error of the request. @throws DomainError */
function throwReported(error: unknown): never {
  if (!(error instanceof SignInError)) throw error;
  throw error.failure === 'unavailable' ? signInUnavailable(error) : unauthorized(error.message, error);
}

function failureOf({ code, cause }: DomainError): SignInFailure {
  if (cause instanceof SignInError) return cause.failure;
  return code === 'SERVICE_UNAVAILABLE' ? 'unavailable' : 'failed';
}

/** The page of the console that signs users in. */
function signInPage(parameters: Readonly<Record<string, string>>, { publicUrl }: Pick<AuthServices, 'publicUrl'>): string {
  return `${basePath(publicUrl)}/app/sign-in?${new URLSearchParams(parameters)}`;
}

function callbackUrl(context: Context<Env>, services: AuthServices): string {
  return `${baseUrl(context, services)}${CALLBACK_PATH}`;
}
