import type { Context, Hono } from 'hono';
import type { JWK } from 'jose';
import type * as z from 'zod';
import type { CodeAnswer, IssuedChallenge } from '../../../auth/email/email-sign-in.ts';
import type { Email } from '../../../domain/email.ts';
import { pathNotFound } from '../../../domain/errors.ts';
import type { Session } from '../../../domain/sign-in/session.ts';
import type { Authenticator, ClientAddress } from '../../../execution/authenticate.ts';
import type { RequestMetadata } from '../../../execution/request-metadata.ts';
import { type BrowserSessionServices, giveSession } from '../auth/browser-session.ts';
import { isConsoleRequest, requireOwnOrigin } from '../auth/credential.ts';
import { siteError } from '../auth/own-origin.ts';
import type { Env } from '../hono-env.ts';
import { readJson } from '../request-body.ts';
import { consumeAddressQuota, unknownParameters } from '../route-handler.ts';
import { emailCodeRequest, type emailCodeResponse, emailVerifyRequest, type emailVerifyResponse } from '../system-schemas.ts';

/** Keys are published a day before they sign. */
const KEYS_CACHED = 'public, max-age=3600';

/** Sign-in by a code that is sent by e-mail. */
export interface EmailAuthService {
  /** Sends a code. @throws DomainError `TOO_MANY_REQUESTS` over a limit */
  request(email: Email, network: ClientAddress, call: RequestMetadata): Promise<IssuedChallenge>;
  /** Starts a session. @throws DomainError `VALIDATION_ERROR` for a code that is wrong, or can't be used any more */
  verify(answer: CodeAnswer, call: RequestMetadata): Promise<Session>;
  /** A token of the session. */
  issue(session: Session): Promise<string>;
  keySet(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

interface EmailRouteServices {
  readonly emailAuth?: EmailAuthService | undefined;
  /** Gives a session to a browser. Left out where none signs in. */
  readonly auth?: BrowserSessionServices | undefined;
  readonly consume: Authenticator['consume'];
  /** Origins whose pages may request codes, besides our own. */
  readonly corsOrigins?: readonly string[] | undefined;
}

/** Routes to sign in by e-mail, which are not found where users sign in otherwise. */
export function addEmailRoutes(app: Hono<Env>, services: EmailRouteServices): void {
  async function admit(context: Context<Env>): Promise<EmailAuthService> {
    if (!services.emailAuth) throw pathNotFound();
    await consumeAddressQuota(context, services);
    return services.emailAuth;
  }

  app.post('/auth/email', async (context) => {
    const { request } = await admit(context);
    const error = siteError(context.req.header('Origin'), context.var.ownOrigin(), services.corsOrigins ?? []);
    if (error) throw error;
    const { email } = await readJson(context.req, emailCodeRequest, violationsOf(context));
    const { challenge, expiresInSeconds } = await request(email, context.var.clientAddress, callOf(context));
    const body: z.output<typeof emailCodeResponse> = { success: true, challenge, expires_in: expiresInSeconds };
    return context.json(body, 202);
  });

  app.post('/auth/email/verify', async (context) => {
    const { verify, issue, clock } = await admit(context);
    const browser = isConsoleRequest(context) ? services.auth : undefined;
    if (browser) requireOwnOrigin(context);
    const { challenge, code, name } = await readJson(context.req, emailVerifyRequest, violationsOf(context));
    const session = await verify({ challenge, code, name }, callOf(context));
    if (browser) {
      const started: z.output<typeof emailVerifyResponse> = { success: true, ...(await giveSession(context, browser, session)) };
      return context.json(started);
    }
    const { userId, expiresAt } = session;
    const expires_in = Math.floor((expiresAt - clock()) / 1000);
    const body: z.output<typeof emailVerifyResponse> = { success: true, token: await issue(session), user_id: userId, expires_in };
    return context.json(body);
  });

  app.get('/auth/jwks.json', async (context) => {
    const { keySet } = await admit(context);
    context.header('Cache-Control', KEYS_CACHED);
    return context.json(await keySet());
  });
}

function violationsOf({ req }: Context<Env>) {
  return unknownParameters([], new URL(req.url).searchParams);
}

function callOf({ var: { requestId, traceparent } }: Context<Env>): RequestMetadata {
  return { requestId, traceparent };
}
