import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/*
 * An HTTP proxy in the test's own process, between the SDK and DynamoDB. It keeps what was sent, and does to a request
 * what a test tells it to: the treatments of `dynamodb-faults.ts` and `dynamodb-conflicts.ts`, or one of the test's own.
 */

/** What the database answers, or what is answered in its place. */
export interface DatabaseResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A request as it came from the SDK. */
export interface ProxiedRequest {
  /** `TransactWriteItems` */
  readonly operation: string;
  /** The body, byte for byte. */
  readonly text: string;
  /** The body parsed; tests look into it freely. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a request is what it checks
  readonly body: any;
  readonly bytes: number;
  /** What the database said, whatever the SDK then got to hear; undefined where it was not asked or has not answered. */
  readonly told: DatabaseResponse | undefined;
}

/** A request, and what can be done with it. */
export interface Exchange {
  readonly request: ProxiedRequest;
  readonly response: ServerResponse;
  /** Has the database carry it out; @param text sent in place of the body */
  forward(text?: string): Promise<DatabaseResponse>;
  respond(answer: DatabaseResponse): void;
  /** Breaks the connection, as a process does that dies. */
  reset(): void;
}

export type ProxyRule = (exchange: Exchange) => Promise<void> | void;

export const passThrough: ProxyRule = async ({ forward, respond }) => respond(await forward());

export type DynamoDbProxy = Awaited<ReturnType<typeof startDynamoDbProxy>>;

/** @param database where DynamoDB is: `http://127.0.0.1:PORT` */
export async function startDynamoDbProxy(database: string) {
  const agent = new Agent({ keepAlive: true });
  const requests: ProxiedRequest[] = [];
  const rules = noRules();
  const mistakes: unknown[] = [];
  let latencyMs = 0;

  async function treat(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(incoming, response, await textOf(incoming), (text) => ask(database, agent, incoming, text));
    requests.push(exchange.request);
    const treatment = rules.treatmentOf(exchange.request);
    if (latencyMs > 0) await pause(latencyMs);
    await treatment(exchange);
  }

  const server = createServer((incoming, response) => {
    treat(incoming, response).catch((thrown: unknown) => {
      if (incoming.complete) mistakes.push(thrown); // else the SDK hung up while it was still sending
      incoming.socket.destroy();
    });
  });
  const port = await listenOn(server, 0);

  async function shut(): Promise<void> {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** All that came, in order. */
    requests,
    /** Those of one operation. */
    sent: (operation: string) => requests.filter((request) => request.operation === operation),
    /** The next requests of an operation are treated so, one after the other. */
    next: rules.next,
    /** Every request of an operation that none of `next` is waiting for. */
    always: rules.always,
    /** Every request takes so much longer. */
    latency(ms: number): void {
      latencyMs = ms;
    },
    /** Lets all requests pass from now on, and forgets those that came. */
    clear(): void {
      rules.clear();
      requests.length = 0;
      latencyMs = 0;
    },
    /** Refuses connections, and breaks those that are open. */
    shut,
    /** On the same port again. */
    async reopen(): Promise<void> {
      await listenOn(server, port);
    },
    /** @throws what went wrong in a treatment */
    async stop(): Promise<void> {
      await shut();
      agent.destroy();
      if (mistakes.length > 0) throw new AggregateError(mistakes, 'a treatment failed');
    },
  };
}

/** In place of an operation: all of them. */
export const ANY = '*';

function noRules() {
  const waiting = new Map<string, ProxyRule[]>();
  const standing = new Map<string, ProxyRule>();
  return {
    next(operation: string, ...treatments: readonly ProxyRule[]): void {
      waiting.set(operation, [...(waiting.get(operation) ?? []), ...treatments]);
    },
    always(operation: string, treatment: ProxyRule): void {
      standing.set(operation, treatment);
    },
    treatmentOf({ operation }: ProxiedRequest): ProxyRule {
      const waited = waiting.get(operation)?.shift() ?? waiting.get(ANY)?.shift();
      return waited ?? standing.get(operation) ?? standing.get(ANY) ?? passThrough;
    },
    clear(): void {
      waiting.clear();
      standing.clear();
    },
  };
}

function exchangeOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  sent: string,
  context: (text: string) => Promise<DatabaseResponse>,
): Exchange {
  let told: DatabaseResponse | undefined;
  const target = String(incoming.headers['x-amz-target']);
  return {
    request: {
      operation: target.slice(target.indexOf('.') + 1),
      text: sent,
      bytes: Buffer.byteLength(sent),
      get body() {
        return JSON.parse(sent);
      },
      get told() {
        return told;
      },
    },
    response,
    async forward(text = sent) {
      told = await context(text);
      return told;
    },
    respond({ status, headers, text }) {
      response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text);
    },
    reset: () => void incoming.socket.resetAndDestroy(),
  };
}

async function ask(database: string, agent: Agent, { headers }: IncomingMessage, text: string): Promise<DatabaseResponse> {
  const outgoing = send(database, {
    agent,
    method: 'POST',
    headers: { ...headers, host: new URL(database).host, 'content-length': Buffer.byteLength(text) },
  });
  outgoing.end(text);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (!answer) throw new Error('a response comes with its message');
  return { status: answer.statusCode ?? 0, headers: meaningOf(answer.headers), text: await textOf(answer) };
}

/** The headers that tell of the answer, without those of its connection. */
function meaningOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz'));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

async function listenOn(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server on TCP has a port');
  return address.port;
}
