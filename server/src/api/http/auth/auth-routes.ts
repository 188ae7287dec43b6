import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import type { OidcClient } from '../../../auth/oidc-client/oidc-client.ts';
import { type FeedTickets, TICKET_SECONDS } from '../../../auth/sessions/feed-tickets.ts';
import type { Sessions } from '../../../auth/sessions/sessions.ts';
import { conflict, DomainError, unauthorized } from '../../../domain/errors.ts';
import type { Identity } from '../../../domain/identity.ts';
import type { SignInMethod } from '../../../domain/sign-in/session.ts';
import { type Authenticator, authenticate } from '../../../execution/authenticate.ts';
import type { Telemetry } from '../../../execution/telemetry.ts';
import { type RequestProgress, trackRequest } from '../../../execution/track-request.ts';
import type { Env } from '../hono-env.ts';
import { readJson, requireJsonHeaders } from '../request-body.ts';
import { consumeAddressQuota, setRateHeaders, unknownParameters } from '../route-handler.ts';
import {
  feedTicketRequest,
  type feedTicketResponse,
  logoutRequest,
  type logoutResponse,
  type meResponse,
  renameRequest,
} from './auth-schemas.ts';
import { credentialOf } from './credential.ts';
import { clearCookie } from './session-cookie.ts';

export interface AuthServices {
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly tickets: Pick<FeedTickets, 'issue'>;
  readonly telemetry: Telemetry;
  readonly clock: () => number;
  readonly method: SignInMethod;
  /** The OpenID Connect issuer, if users sign in there. */
  readonly issuer: string | undefined;
  /** Undefined where users of the console can't sign in at the issuer, or there is none. */
  readonly oidc: OidcClient | undefined;
  /** Of the feed on another host. */
  readonly feedUrl: string | undefined;
  /** PUBLIC_URL */
  readonly publicUrl: string | undefined;
}

/** Who is signed in, signing out, and tickets for the feed. */
export function addAuthRoutes(app: Hono<Env>, services: AuthServices): void {
  const { authenticator, sessions, tickets, clock, oidc } = services;
  addMeRoutes(app, services);

  app.post('/auth/logout', (context) =>
    tracked(context, services, 'SignOut', async (progress) => {
      requireJsonHeaders(context.req);
      await consumeAddressQuota(context, authenticator);
      const credential = credentialOf(context);
      if (!credential) throw unauthorized('Send the token or the cookie of the session that is to end.');
      if (credential.kind === 'rejected') throw credential.error;
      const { everywhere = false } = await readJson(context.req, logoutRequest, unknownParameters(context.req));
      const user = await findUser(context, authenticator, progress);
      const isOver = !user && credential.kind === 'session' && !everywhere;
      if (!user && !isOver) throw unauthorized('You are not signed in any more. Sign in again.');
      if (user && everywhere) await sessions.endAll(user.userId);
      else if (user?.session) await sessions.end(user.session);
      if (credential.kind === 'session') clearCookie(context, 'session');
      const url = (await oidc?.logoutUrl(`${baseUrl(context, services)}/`)) ?? null;
      return context.json({ success: true, logout_url: url } satisfies z.output<typeof logoutResponse>);
    }),
  );

  app.post('/auth/feed-tickets', (context) =>
    tracked(context, services, 'IssueFeedTicket', async (progress) => {
      requireJsonHeaders(context.req);
      const caller = await requireUser(context, authenticator, progress);
      if (caller.expiresAt <= clock()) throw unauthorized('The token has expired. Sign in again.');
      const { loan_id: loanId } = await readJson(context.req, feedTicketRequest, unknownParameters(context.req));
      const ticket = await tickets.issue(caller, loanId);
      return context.json({ success: true, ticket, expires_in: TICKET_SECONDS } satisfies z.output<typeof feedTicketResponse>);
    }),
  );
}

function addMeRoutes(app: Hono<Env>, services: AuthServices): void {
  const { authenticator, sessions, method } = services;

  app.get('/auth/me', (context) =>
    tracked(context, services, 'ReadSession', async (progress) => {
      await consumeAddressQuota(context, authenticator);
      return context.json(meOf(await findUser(context, authenticator, progress), services));
    }),
  );

  app.patch('/auth/me', (context) =>
    tracked(context, services, 'ChangeName', async (progress) => {
      requireJsonHeaders(context.req);
      const user = await requireUser(context, authenticator, progress);
      const { name } = await readJson(context.req, renameRequest, unknownParameters(context.req));
      const signedInBy = (user.session && (await sessions.find(user.session))?.method) ?? method;
      if (signedInBy === 'oidc') throw conflict('Your name comes from your sign-in provider. Change it there, then sign in again.');
      await sessions.rename(user.userId, name);
      return context.json(meOf({ ...user, name }, services));
    }),
  );
}

function meOf(user: Identity | undefined, { method, feedUrl, issuer, oidc }: AuthServices): z.output<typeof meResponse> {
  return {
    success: true,
    sign_in: method,
    user: user
      ? {
          user_id: user.userId,
          email: user.email,
          name: user.name,
          is_operator: user.isOperator,
          expires_at: new Date(user.expiresAt).toISOString(),
        }
      : null,
    feed_url: feedUrl ?? null,
    issuer: issuer ?? null,
    client_id: oidc?.clientId ?? null,
  };
}

/** @returns undefined where nobody is signed in: then the cookie of a session that has ended is removed */
async function findUser(
  context: Context<Env>,
  { authenticate }: Authenticator,
  progress: RequestProgress,
): Promise<Identity | undefined> {
  const credential = credentialOf(context);
  if (!credential || credential.kind === 'rejected') return undefined;
  try {
    progress.identity = await authenticate(credential);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'UNAUTHORIZED') throw error;
    if (credential.kind === 'session') clearCookie(context, 'session');
  }
  return progress.identity;
}

async function requireUser(context: Context<Env>, authenticator: Authenticator, progress: RequestProgress) {
  try {
    return await authenticate(authenticator, { credential: credentialOf(context), address: context.var.clientAddress }, progress);
  } finally {
    if (progress.rate) setRateHeaders(context, progress.rate);
  }
}

/** The base of our URLs, without a trailing slash. */
export function baseUrl(context: Context<Env>, { publicUrl }: Pick<AuthServices, 'publicUrl'>): string {
  return publicUrl ?? context.var.ownOrigin();
}

/** Runs a request under its name in metrics and the log. @throws DomainError */
export async function tracked(
  context: Context<Env>,
  { telemetry }: Pick<AuthServices, 'telemetry'>,
  endpoint: string,
  run: (progress: RequestProgress) => Promise<Response>,
): Promise<Response> {
  const progress: RequestProgress = {};
  const response = await trackRequest(telemetry, endpoint, context.var, progress, () => run(progress));
  if (response instanceof DomainError) throw response;
  return response;
}
