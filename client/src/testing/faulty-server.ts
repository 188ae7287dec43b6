import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { startHttpServer } from '../../../server/src/testing/http-server.ts';

/*
 * A server in front of an upstream, which applies a fault rule to each request: one of network-faults.ts, or a test's
 * own. It records the requests, and what the upstream responded.
 */

export interface WireResponse {
  readonly status: number;
  /** Without those of the connection, and without the length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A request of the client. */
interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** What the upstream responded, even if the client received something else. Undefined if it was not asked. */
  upstreamResponse: WireResponse | undefined;
}

interface Exchange {
  readonly attempt: Attempt;
  readonly socket: Socket;
  readonly response: ServerResponse;
  /** Sends the request to the upstream. */
  forward(): Promise<WireResponse>;
  /** Responds to the client. */
  deliver(response: WireResponse): void;
  /** Breaks the connection with an RST. */
  reset(): void;
  /** Breaks the connection with an RST at its next request. */
  resetOnReuse(): void;
}

export type FaultRule = (exchange: Exchange) => unknown;

export const pass: FaultRule = async ({ forward, deliver }) => deliver(await forward());

export type Upstream = (attempt: Attempt) => Promise<WireResponse> | WireResponse;

export type FaultyServer = Awaited<ReturnType<typeof startFaultyServer>>;

/** @param target URL of the upstream, or a function in its place */
export async function startFaultyServer(target: string | Upstream) {
  const upstream = typeof target === 'string' ? forwardTo(target) : target;
  const attempts: Attempt[] = [];
  const queue: FaultRule[] = [];
  const errors: unknown[] = [];
  const connections = new Map<Socket, { readonly number: number; isResetOnReuse: boolean }>();
  let defaultRule = pass;
  let isDown = false;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { socket, method = '', url: path = '', headers } = incoming;
    if (isDown) return socket.resetAndDestroy();
    const connection = connections.get(socket) ?? { number: 0, isResetOnReuse: false };
    const text = await readText(incoming);
    const attempt: Attempt = { method, path, headers, text, connection: connection.number, upstreamResponse: undefined };
    attempts.push(attempt);
    if (connection.isResetOnReuse) return socket.resetAndDestroy();
    const reset = () => void socket.resetAndDestroy();
    const resetOnReuse = () => {
      connection.isResetOnReuse = true;
    };
    return (queue.shift() ?? defaultRule)({ ...exchangeOf(attempt, response, upstream), socket, reset, resetOnReuse });
  }

  const { server, url, close } = await startHttpServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      if (incoming.complete) errors.push(error); // else the client disconnected while it was sending
      incoming.socket.destroy();
    });
  });
  server.on('connection', (socket: Socket) => connections.set(socket, { number: connections.size + 1, isResetOnReuse: false }));

  return {
    url,
    /** All requests so far, in order. */
    attempts,
    /** Number of connections so far, also while it was down. */
    get connections(): number {
      return connections.size;
    },
    /** Rules for the next requests, one each. */
    next: (...rules: readonly FaultRule[]) => void queue.push(...rules),
    /** The rule for requests that `next` has none for. */
    always(rule: FaultRule): void {
      defaultRule = rule;
    },
    /** Breaks open connections, and new ones at their first request, so that they are still counted. */
    goDown(): void {
      isDown = true;
      server.closeAllConnections();
    },
    comeBack(): void {
      isDown = false;
    },
    /** Passes all requests from now on, and forgets earlier ones. */
    clear(): void {
      queue.length = 0;
      attempts.length = 0;
      defaultRule = pass;
    },
    /** @throws AggregateError of what rules threw */
    async stop(): Promise<void> {
      await close();
      if (errors.length > 0) throw new AggregateError(errors.splice(0), 'a fault rule failed');
    },
  };
}

function exchangeOf(attempt: Attempt, response: ServerResponse, upstream: Upstream) {
  return {
    attempt,
    response,
    async forward() {
      attempt.upstreamResponse = await upstream(attempt);
      return attempt.upstreamResponse;
    },
    deliver({ status, headers, text }: WireResponse) {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
    },
  };
}

/** Names that belong to a connection rather than to its messages. */
const HOP_BY_HOP = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'accept-encoding']);

function forwardTo(upstream: string): Upstream {
  return async ({ method, path, headers, text }) => {
    const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
    const response = await fetch(new URL(path, upstream), {
      method,
      headers: { ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])), 'accept-encoding': 'identity' },
      ...(text !== '' && { body: text }),
      redirect: 'manual',
    });
    const received = [...response.headers].filter(([name]) => !HOP_BY_HOP.has(name));
    return { status: response.status, headers: Object.fromEntries(received), text: await response.text() };
  };
}
