import { type Handler, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { feedNeedsWebSocket, methodNotAllowed } from '../../domain/errors.ts';
import { type Ids, requestIdOf } from '../../domain/ids.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { continueTrace } from '../../telemetry/trace.ts';
import { ownOrigin } from './auth/own-origin.ts';
import { clientAddress } from './client-address.ts';
import { pageNotFound } from './console/console-routes.ts';
import type { Env } from './hono-env.ts';
import { addMailRoutes } from './mail-routes.ts';
import { problemResponse } from './problem.ts';
import { type EventStreamOptions, useCaseHandler } from './route-handler.ts';
import { routes } from './routes.ts';
import { addPublicRoutes, LOCAL_TOKEN_PATH, type PublicServices } from './system-routes.ts';

export interface HttpOptions extends EventStreamOptions {
  readonly trustedHops: number;
  readonly ids: Pick<Ids, 'request'>;
  /** Handles `POST /graphql`. */
  readonly graphql: Handler<Env>;
  /** Called with unexpected errors outside of use cases. */
  readonly onError: (error: unknown, request: Pick<Env['Variables'], 'requestId' | 'traceparent'>) => void;
}

/** Against framing, MIME sniffing, caching by intermediaries, and loading anything but inline styles and our icon. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The HTTP API: the routes of the use cases, GraphQL, and the public routes. */
export function httpApp(services: Services, publicServices: PublicServices, options: HttpOptions): Hono<Env> {
  const { trustedHops, corsOrigins, ids, graphql, onError } = options;
  const app = new Hono<Env>();

  app.use(async (context, next) => {
    const requestId = requestIdOf(context.req.header('X-Request-Id'), ids);
    context.set('requestId', requestId);
    context.set('traceparent', continueTrace(context.req.header('traceparent')));
    context.set('clientAddress', clientAddress(context, trustedHops));
    context.set('ownOrigin', () => {
      const protocol = trustedHops > 0 ? context.req.header('X-Forwarded-Proto') : undefined;
      return ownOrigin(publicServices.publicUrl, new URL(context.req.url).origin, protocol);
    });
    context.set('headers', { ...SECURITY_HEADERS, 'X-Request-Id': requestId });
    if (corsOrigins.length === 0 && context.req.method !== 'HEAD') context.set('send', context.env.send);
    await next();
    for (const [name, value] of Object.entries(context.get('headers') ?? {}))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });
  if (corsOrigins.length > 0) app.use(cors(corsOptions(corsOrigins)));

  app.use(dropBodyOfHead);

  for (const route of routes) app.on(route.method, honoPath(route.path), useCaseHandler(route, services, options));
  app.post('/graphql', graphql);
  addPublicRoutes(app, publicServices);
  if (publicServices.mailLinks) addMailRoutes(app, services, publicServices.mailLinks);
  addMethodNotAllowed(app);

  app.notFound((context) => {
    if (context.req.path === '/feed') return problemResponse(context, feedNeedsWebSocket());
    return pageNotFound(context, publicServices.console, publicServices.auth.feedUrl);
  });
  app.onError((thrown, context) => {
    const error = toDomainError(thrown);
    if (error !== thrown) onError(thrown, context.var);
    return problemResponse(context, error);
  });
  return app;
}

/** Types of bodies that are small. Not files, which may have megabytes, and not streams, which may never end. */
const MEASURED = /^(?:application\/(?:problem\+)?json|text\/(?:html|plain))(?:;|$)/;

/**
 * Hono handles HEAD as GET. Drops the body, and states the length of a small one.
 * @internal exported for tests
 */
export const dropBodyOfHead: MiddlewareHandler = async (context, next) => {
  await next();
  if (context.req.method !== 'HEAD') return;
  const { headers, body, status } = context.res;
  // A length of 0 with 304 would be that of the document (RFC 9110, section 8.6).
  const isSmall = body ? MEASURED.test(headers.get('Content-Type') ?? '') : status !== 304;
  if (isSmall && !headers.has('Content-Length'))
    headers.set('Content-Length', String((await context.res.arrayBuffer()).byteLength));
  else await body?.cancel();
};

/**
 * Responds 405 to other methods on the paths added so far, except the local issuer's, which hides where it is closed. A path such
 * as `/loans/{loan_id}/lenders/imports` is also one of `…/lenders/{lender_id}`: it allows the methods of both.
 */
function addMethodNotAllowed(app: Hono<Env>): void {
  const served = app.routes.filter(({ method, path }) => method !== 'ALL' && path !== LOCAL_TOKEN_PATH);
  const segmentsOf = new Map(served.map(({ path }) => [path, path.split('/')])); // once: each app compares each with each
  for (const [path, segments] of [...segmentsOf].toSorted(([a], [b]) => parametersIn(a) - parametersIn(b))) {
    const methods = new Set(served.filter((route) => isMatch(segmentsOf.get(route.path), segments)).map(({ method }) => method));
    const allowed = [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])); // Hono handles HEAD as GET
    app.all(path, (context) => {
      context.header('Allow', allowed.join(', '));
      return problemResponse(context, methodNotAllowed(allowed));
    });
  }
}

function parametersIn(path: string): number {
  return path.split(':').length - 1;
}

/** Whether a route of these segments serves each path of `wanted`. */
function isMatch(segments: readonly string[] = [], wanted: readonly string[]): boolean {
  return segments.length === wanted.length && segments.every((segment, at) => segment.startsWith(':') || segment === wanted[at]);
}

/** Converts `/loans/{loan_id}` to Hono's `/loans/:loan_id`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function corsOptions(origins: readonly string[]) {
  return {
    origin: [...origins],
    allowMethods: ['DELETE', 'GET', 'PATCH', 'POST'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'X-Idempotency-Key',
      'Last-Event-ID', // set by clients of server-sent events that use fetch, as EventSource can't send a token
      'X-Request-Id',
      'traceparent',
    ],
    exposeHeaders: [
      'Location',
      'X-Request-Id',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'Idempotency-Replayed',
      'Idempotency-Original-Request-Id',
    ],
    maxAge: 600,
  };
}
