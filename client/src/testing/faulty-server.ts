import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

/*
 * A server that stands before the real one and does to a request what a test tells it to: the treatments of
 * `misbehaviours.ts`, or one of the test's own. It keeps what came, and what the real server said to it.
 */

/** What the real server answers, or what is answered in its place. */
export interface WireAnswer {
  readonly status: number;
  /** Without those of the connection and the length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A request as it came from the client: one attempt. */
interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Counts from 1. */
  readonly connection: number;
  /** What the real server said, whatever the client then got to hear; undefined where it was not asked. */
  readonly told: WireAnswer | undefined;
}

/** An attempt, and what can be done with it. */
export interface Exchange {
  readonly attempt: Attempt;
  readonly socket: Socket;
  /** Has the real server carry it out. */
  forward(): Promise<WireAnswer>;
  deliver(answer: WireAnswer): void;
  /** Breaks the connection with an RST. */
  reset(): void;
  /** Breaks the connection with an RST as soon as another request comes on it. */
  resetOnReuse(): void;
}

export type FaultRule = (exchange: Exchange) => Promise<void> | void;

export const pass: FaultRule = async ({ forward, deliver }) => deliver(await forward());

/** What the server knows of a connection. */
interface Connection {
  readonly number: number;
  isResetOnReuse: boolean;
}

export type HostileServer = Awaited<ReturnType<typeof startFaultyServer>>;

/** @param upstream where the real server is: `http://127.0.0.1:PORT` */
export async function startFaultyServer(upstream: string) {
  const agent = new Agent({ keepAlive: true });
  const attempts: Attempt[] = [];
  const waiting: FaultRule[] = [];
  const mistakes: unknown[] = [];
  const connections = new WeakMap<Socket, Connection>();
  const now: { always: FaultRule; connections: number; isDown: boolean } = { always: pass, connections: 0, isDown: false };

  async function treat(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (now.isDown) return void incoming.socket.resetAndDestroy();
    const connection = connections.get(incoming.socket) ?? { number: 0, isResetOnReuse: false };
    const text = await textOf(incoming);
    const exchange = exchangeOf(incoming, response, connection, text, () => ask(upstream, agent, incoming, text));
    attempts.push(exchange.attempt);
    if (connection.isResetOnReuse) exchange.reset();
    else await (waiting.shift() ?? now.always)(exchange);
  }

  const server = createServer((incoming, response) => {
    treat(incoming, response).catch((thrown: unknown) => {
      if (incoming.complete) mistakes.push(thrown); // else the client hung up while it was still sending
      incoming.socket.destroy();
    });
  });
  server.on('connection', (socket: Socket) => {
    now.connections += 1;
    connections.set(socket, { number: now.connections, isResetOnReuse: false });
  });

  return {
    url: await listening(server),
    /** All that came, in order. */
    attempts,
    /** How many connections were opened, also while it was down. */
    get connections(): number {
      return now.connections;
    },
    /** The next requests are treated so, one after the other. */
    next: (...treatments: readonly FaultRule[]) => void waiting.push(...treatments),
    /** Every request that none of `next` is waiting for. */
    always(treatment: FaultRule): void {
      now.always = treatment;
    },
    /** Breaks every connection, those that are open, and those to come at their first request: so they can still be counted. */
    goDown(): void {
      now.isDown = true;
      server.closeAllConnections();
    },
    comeBack(): void {
      now.isDown = false;
    },
    /** Lets all requests pass from now on, and forgets those that came. */
    clear(): void {
      waiting.length = 0;
      attempts.length = 0;
      now.always = pass;
    },
    /** @throws what went wrong in a treatment */
    async stop(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      agent.destroy();
      if (mistakes.length > 0) throw new AggregateError(mistakes, 'a treatment failed');
    },
  };
}

function exchangeOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
  text: string,
  spec: () => Promise<WireAnswer>,
): Exchange {
  let told: WireAnswer | undefined;
  return {
    attempt: {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      text,
      connection: connection.number,
      get told() {
        return told;
      },
    },
    socket: incoming.socket,
    async forward() {
      told = await spec();
      return told;
    },
    deliver(answer) {
      response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.text) }).end(answer.text);
    },
    reset: () => void incoming.socket.resetAndDestroy(),
    resetOnReuse() {
      connection.isResetOnReuse = true;
    },
  };
}

async function ask(upstream: string, agent: Agent, incoming: IncomingMessage, text: string): Promise<WireAnswer> {
  // Its answer is read as text, so it must not come packed.
  const { 'accept-encoding': _, connection, 'transfer-encoding': __, ...headers } = incoming.headers;
  const outgoing = send(new URL(incoming.url ?? '', upstream), {
    agent,
    method: incoming.method ?? '',
    headers: { ...headers, host: new URL(upstream).host, 'content-length': Buffer.byteLength(text) },
  });
  outgoing.end(text);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (!answer) throw new Error('a response comes with its message');
  return { status: answer.statusCode ?? 0, headers: meaningOf(answer.headers), text: await textOf(answer) };
}

const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function meaningOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server on TCP has a port');
  return `http://127.0.0.1:${address.port}`;
}
