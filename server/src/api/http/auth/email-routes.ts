import type { Hono } from 'hono';
import type * as z from 'zod';
import type { EmailSignIn } from '../../../auth/email/email-sign-in.ts';
import type { EmailIssuer } from '../../../auth/email/token-issuer.ts';
import { pathNotFound } from '../../../domain/errors.ts';
import { type Env, requestMetadata } from '../hono-env.ts';
import { readJson } from '../request-body.ts';
import { consumeAddressQuota, unknownParameters } from '../route-handler.ts';
import { type AuthServices, tracked } from './auth-routes.ts';
import { emailCodeRequest, type emailCodeResponse, emailVerifyRequest, type emailVerifyResponse } from './auth-schemas.ts';
import { setSessionCookie } from './browser-session.ts';
import { isConsoleRequest, requireAllowedOrigin, requireOwnOrigin } from './credential.ts';

/** Keys are published a day before they sign. */
const KEYS_CACHED = 'public, max-age=3600';

export interface EmailRouteServices extends AuthServices {
  /** Undefined where users sign in otherwise. */
  readonly emailAuth: { readonly signIn: EmailSignIn; readonly issuer: EmailIssuer } | undefined;
  /** Origins whose pages may request codes, besides our own. */
  readonly corsOrigins: readonly string[];
}

/** Sign-in by a code that is sent by e-mail: routes that are not found where users sign in otherwise. */
export function addEmailRoutes(app: Hono<Env>, services: EmailRouteServices): void {
  const { authenticator, clock, corsOrigins, emailAuth } = services;

  app.post('/auth/email', async (context) => {
    if (!emailAuth) throw pathNotFound();
    await consumeAddressQuota(context, authenticator);
    requireAllowedOrigin(context, corsOrigins);
    const { email, language } = await readJson(context.req, emailCodeRequest, unknownParameters(context.req));
    return tracked(context, services, 'RequestSignInCode', async () => {
      const { clientAddress } = context.var;
      const metadata = requestMetadata(context);
      const { challenge, expiresInSeconds } = await emailAuth.signIn.request(email, clientAddress, metadata, language);
      const body: z.output<typeof emailCodeResponse> = { success: true, challenge, expires_in: expiresInSeconds };
      return context.json(body, 202);
    });
  });

  app.post('/auth/email/verify', async (context) => {
    if (!emailAuth) throw pathNotFound();
    await consumeAddressQuota(context, authenticator);
    const isConsole = isConsoleRequest(context);
    if (isConsole) requireOwnOrigin(context);
    const { challenge, code, name } = await readJson(context.req, emailVerifyRequest, unknownParameters(context.req));
    return tracked(context, services, 'SignInByEmail', async () => {
      const session = await emailAuth.signIn.verify({ challenge, code, name });
      const started: z.output<typeof emailVerifyResponse> = isConsole
        ? { success: true, ...(await setSessionCookie(context, services, session)) }
        : {
            success: true,
            token: await emailAuth.issuer.issue(session),
            user_id: session.userId,
            expires_in: Math.floor((session.expiresAt - clock()) / 1000),
          };
      return context.json(started);
    });
  });

  app.get('/auth/jwks.json', async (context) => {
    if (!emailAuth) throw pathNotFound();
    await consumeAddressQuota(context, authenticator);
    context.header('Cache-Control', KEYS_CACHED);
    return context.json(await emailAuth.issuer.keySet());
  });
}
