import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { LocalIssuer } from '../../auth/local-issuer.ts';
import { isLoopback } from '../../auth/oidc-keys.ts';
import { type DomainError, databaseUnavailable, forbidden, pathNotFound, unauthorized } from '../../domain/errors.ts';
import type { Authenticator } from '../../execution/authenticate.ts';
import { validateInput } from '../../execution/validate-input.ts';
import { storeMetadataKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import type { MetricsPage } from '../../telemetry/metrics.ts';
import { isForwarded, peerAddress } from './client-address.ts';
import type { Env } from './hono-env.ts';
import { addMailRoutes, type MailService } from './mail-routes.ts';
import type { ApiDocument } from './openapi/types.ts';
import { parseJsonObject, readBody, requireJson } from './request-body.ts';
import { bearerToken, consumeAddressQuota } from './route-handler.ts';
import { localTokenRequest } from './system-schemas.ts';

export interface PublicServices {
  readonly store: Store;
  readonly consume: Authenticator['consume'];
  /** Undefined where another issuer is set. */
  readonly localIssuer: LocalIssuer | undefined;
  /** Undefined where the counts are not kept in the program. */
  readonly metrics: MetricsPage | undefined;
  readonly metricsToken: string | undefined;
  /** Left out where no mail is sent, so that no link leads here. */
  readonly mail?: MailService | undefined;
  /** Whether the program is on its way out. */
  readonly isStopping: () => boolean;
}

/** The pages below that anybody may read; what else is sent to them is told so. */
export const publicPages = ['/', '/docs', '/health/live', '/health/ready', '/metrics', '/openapi.json'] as const;

/** What answers without a user's token. */
export function addPublicRoutes(app: Hono<Env>, services: PublicServices): void {
  const { store, localIssuer, metrics } = services;
  let document: ApiDocument | undefined;
  // Loaded and made when it is first asked for: no other request is to wait for it, least of all in a function that starts often.
  const reference = async () => {
    document ??= (await import('./openapi/document.ts')).openApiDocument();
    return document;
  };

  if (services.mail) addMailRoutes(app, services.mail, services.consume);

  app.get('/', (context) => context.redirect('/docs'));

  app.get('/openapi.json', async (context) => {
    await consumeAddressQuota(context, services);
    return context.json(await reference());
  });

  app.get('/docs', async (context) => {
    await consumeAddressQuota(context, services);
    const { docsPage } = await import('./openapi/docs/page.ts');
    return context.html(await docsPage(await reference(), new URL(context.req.url).origin));
  });

  app.get('/health/live', (context) => context.json({ status: 'ok' }));

  app.get('/health/ready', async (context) => {
    if (services.isStopping()) throw databaseUnavailable(new Error('the program is stopping'));
    await store.get([storeMetadataKey('secret')]);
    return context.json({ status: 'ok' });
  });

  app.get('/metrics', async (context) => {
    if (!metrics) throw pathNotFound();
    const refusal = refusalOfMetrics(context, services.metricsToken);
    if (refusal) {
      await consumeAddressQuota(context, services); // guessing this token has a rate too
      throw refusal;
    }
    return context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType });
  });

  app.post('/local/token', async (context) => {
    if (!localIssuer || !isFromHere(context)) throw pathNotFound();
    await consumeAddressQuota(context, services);
    const bytes = await readBody(context.req);
    requireJson(context.req);
    const claims = validateInput(localTokenRequest, parseJsonObject(bytes), { before: [], among: [] });
    const { token, user_id, expires_in } = await localIssuer.issue(claims);
    return context.json({ token, user_id, expires_in });
  });
}

/** Keeps other sites' pages, other machines and proxies from having tokens made. */
function isFromHere(context: Context): boolean {
  const { protocol, host, hostname } = new URL(context.req.url);
  const origin = context.req.header('Origin');
  return isLoopback(hostname) && !isForwarded(context) && (origin === undefined || origin === `${protocol}//${host}`);
}

function refusalOfMetrics(context: Context<Env>, metricsToken: string | undefined): DomainError | undefined {
  if (isLoopback(peerAddress(context)) && !isForwarded(context)) return undefined;
  if (metricsToken === undefined)
    return forbidden('Metrics answer on the machine itself only. Set METRICS_TOKEN to read them from elsewhere.');
  const token = bearerToken(context.req.header('Authorization'));
  if (token !== undefined && isSame(token, metricsToken)) return undefined;
  return unauthorized('Send METRICS_TOKEN as "Authorization: Bearer TOKEN".');
}

/** In the same time whatever the difference. */
function isSame(a: string, b: string): boolean {
  const [hashA, hashB] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return hashA !== undefined && hashB !== undefined && timingSafeEqual(hashA, hashB);
}
