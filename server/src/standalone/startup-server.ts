import type { Peer } from '../api/http/hono-env.ts';
import { type HttpServer, listen } from '../api/http/http-server.ts';
import { problemWithoutContext } from '../api/http/problem.ts';
import { writeRawResponse } from '../api/http/raw-response.ts';
import type { Upgrade, Upgrades } from '../api/http/websocket-upgrade.ts';
import { createRequestId } from '../composition/create-ids.ts';
import { notReady } from '../composition/readiness.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { requestIdOf } from '../domain/ids.ts';

type Fetch = (request: Request, peer: Peer) => Promise<Response>;

/** The HTTP server of a program that may still be starting: until it is opened, it only responds to health checks. */
export interface StartupServer extends HttpServer {
  /** @param step what the program does at the moment, which everybody may see */
  report(step: string): void;
  /** From now on the app handles all requests and WebSocket connections. */
  open(fetch: Fetch, upgrades: Upgrades): void;
}

const IDS = { request: createRequestId };
/** A start takes about a second. One that takes longer checks a large file, or waits for a database. */
const BRIEF_MS = 5000;

/**
 * Listens at once.
 * @param paths of the app's WebSocket endpoints
 * @param now milliseconds that never go back
 * @throws ConfigError where it can't listen
 */
export async function openStartupServer(
  { host, port, trustedHops }: Pick<Config, 'host' | 'port' | 'trustedHops'>,
  paths: readonly string[],
  now = () => performance.now(),
): Promise<StartupServer> {
  let step = 'opening the store';
  let app: { readonly fetch: Fetch; readonly upgrades: Upgrades } | undefined;
  const startedAt = now();
  const starting = () => notReady(`the program is starting: ${step}`, now() - startedAt < BRIEF_MS ? 1 : 10);

  const respond: Fetch = async (request, peer) => {
    if (app) return app.fetch(request, peer);
    const requestId = requestIdOf(request.headers.get('X-Request-Id'), IDS);
    const headers = { 'X-Request-Id': requestId, 'Cache-Control': 'no-store', Connection: 'close' };
    const isLiveCheck = ['GET', 'HEAD'].includes(request.method) && new URL(request.url).pathname === '/health/live';
    if (isLiveCheck) return Response.json({ status: 'ok' }, { headers });
    return problemWithoutContext(starting(), requestId, request.headers.get('Accept'), headers);
  };
  const upgrade =
    (path: string): Upgrade =>
    (request, socket, head) => {
      const target = app?.upgrades[path];
      if (target) target(request, socket, head);
      else writeRawResponse(socket, { error: starting(), request, ids: IDS });
    };
  const upgrades = Object.fromEntries(paths.map((path) => [path, upgrade(path)]));
  const server = await listen(respond, { host, port, ids: IDS, upgrades, trustedHops }).catch((cause: unknown) => {
    throw listenError(host, port, cause);
  });
  return {
    ...server,
    report(next) {
      step = next;
    },
    open(fetch, appUpgrades) {
      app = { fetch, upgrades: appUpgrades };
    },
  };
}

function listenError(host: string, port: number, cause: unknown): ConfigError {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = isTaken ? 'the address is in use. Stop the other program, or choose another PORT (0 for any free one)' : message;
  return new ConfigError([`cannot listen on HOST ${host} and PORT ${port}: ${reason}`]);
}
