import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { LocalIssuer } from '../../auth/local-issuer.ts';
import { isLoopback } from '../../auth/loopback.ts';
import type { IssuerHealth } from '../../auth/token-verifier.ts';
import { type DomainError, forbidden, pathNotFound, unauthorized } from '../../domain/errors.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { MailLinks } from '../../mail/action-links.ts';
import type { MetricsPage } from '../../telemetry/metrics.ts';
import { addAuthRoutes } from './auth/auth-routes.ts';
import { localTokenRequest } from './auth/auth-schemas.ts';
import { setSessionCookie } from './auth/browser-session.ts';
import { bearerToken, isConsoleRequest, requireOwnOrigin } from './auth/credential.ts';
import { addEmailRoutes, type EmailRouteServices } from './auth/email-routes.ts';
import { addOidcRoutes, type OidcRouteServices } from './auth/oidc-routes.ts';
import { isForwarded, peerAddress } from './client-address.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import { addConsoleRoutes } from './console/console-routes.ts';
import { addDocumentRoutes, type DocumentServices } from './documents/document-routes.ts';
import type { Env } from './hono-env.ts';
import { readJson } from './request-body.ts';
import { consumeAddressQuota } from './route-handler.ts';

export interface PublicServices extends DocumentServices {
  /** @throws DomainError `SERVICE_UNAVAILABLE` that says why the program can't take requests */
  readonly requireReady: (request: RequestMetadata) => Promise<void>;
  /** Undefined where users sign in at another issuer, or by e-mail. */
  readonly localIssuer: LocalIssuer | undefined;
  /** Undefined for the local issuer. */
  readonly issuerHealth: (() => IssuerHealth) | undefined;
  /** Undefined where the process does not keep the metrics itself. */
  readonly metrics: MetricsPage | undefined;
  readonly metricsToken: string | undefined;
  /** The number of our own proxies in front of the server. */
  readonly trustedHops: number;
  /** Undefined where it has not been built. */
  readonly console: ConsoleFiles | undefined;
  /** Undefined where no mail is sent, so there are no links. */
  readonly mailLinks: Pick<MailLinks, 'open'> | undefined;
  readonly auth: EmailRouteServices & OidcRouteServices;
}

export const LOCAL_TOKEN_PATH = '/local/token';

/** Routes that no use case serves. */
export function addPublicRoutes(app: Hono<Env>, services: PublicServices): void {
  const { auth, localIssuer, metrics } = services;
  if (services.console) addConsoleRoutes(app, services.console, auth.feedUrl);
  addDocumentRoutes(app, services);
  addAuthRoutes(app, auth);
  addEmailRoutes(app, auth);
  addOidcRoutes(app, auth);

  // The health check of HAProxy by default, which counts an error as a failure.
  app.options('/', (context) => context.body(null, 204, { Allow: 'GET, HEAD, OPTIONS' }));

  app.get('/health/live', (context) => context.json({ status: 'ok' }));

  app.get('/health/ready', async (context) => {
    await services.requireReady(context.var);
    return context.json({ status: 'ok', ...(services.issuerHealth && { issuer: services.issuerHealth().status }) });
  });

  app.get('/metrics', async (context) => {
    if (!metrics) throw pathNotFound();
    const error = metricsAccessError(context, services);
    if (error) {
      await consumeAddressQuota(context, services); // limits guesses of the token
      throw error;
    }
    return context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType });
  });

  app.post(LOCAL_TOKEN_PATH, async (context) => {
    if (!localIssuer || !isLocal(context)) throw pathNotFound();
    await consumeAddressQuota(context, services);
    const isConsole = isConsoleRequest(context);
    if (isConsole) requireOwnOrigin(context);
    const claims = await readJson(context.req, localTokenRequest);
    const issued = await localIssuer.issue(claims);
    if (!isConsole) return context.json(issued);
    const email = claims.email_verified === false ? null : claims.email;
    const session = await auth.sessions.start({ userId: issued.user_id, email, name: claims.name, method: 'local' });
    return context.json({ success: true, ...(await setSessionCookie(context, auth, session)) });
  });
}

/**
 * Excludes pages of other sites, other machines and proxies. A plain `proxy_pass` of nginx adds no header and names this machine
 * as the host, but it speaks HTTP/1.0.
 */
function isLocal(context: Context<Env>): boolean {
  const { protocol, host, hostname } = new URL(context.req.url);
  const origin = context.req.header('Origin');
  const isProxied = isForwarded(context) || context.env.httpVersion === '1.0';
  return isLoopback(hostname) && !isProxied && (origin === undefined || origin === `${protocol}//${host}`);
}

function metricsAccessError(context: Context<Env>, { metricsToken, trustedHops }: PublicServices): DomainError | undefined {
  if (metricsToken === undefined) {
    if (trustedHops === 0 && isLoopback(peerAddress(context)) && isLocal(context)) return undefined;
    return forbidden('Metrics are open to this machine only, without a proxy. Set METRICS_TOKEN to read them from elsewhere.');
  }
  const token = bearerToken(context.req.header('Authorization'));
  if (token !== undefined && isEqual(token, metricsToken)) return undefined;
  return unauthorized('Send METRICS_TOKEN as "Authorization: Bearer TOKEN".');
}

/** Compares in constant time. */
function isEqual(a: string, b: string): boolean {
  const [hashA, hashB] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return hashA !== undefined && hashB !== undefined && timingSafeEqual(hashA, hashB);
}
