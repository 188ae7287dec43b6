import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { startHttpServer } from '../http-server.ts';

/*
 * An HTTP proxy in the test's process, between the SDK and DynamoDB. It records requests and applies rules to them:
 * those of `faults.ts` and `conflicts.ts`, or a test's own.
 */

export interface DatabaseResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A request as the SDK sent it. */
export interface ProxiedRequest {
  /** `TransactWriteItems` */
  readonly operation: string;
  /** The body, byte for byte. */
  readonly text: string;
  /** The body, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a request is what it checks
  readonly body: any;
  /** What the database responded, whatever the SDK got of it; undefined where the request was not forwarded. */
  response?: DatabaseResponse;
}

export interface Exchange {
  readonly request: ProxiedRequest;
  /** The raw response to the SDK. */
  readonly raw: ServerResponse;
  /** Sends the request to the database. @param text in place of its body */
  forward(text?: string): Promise<DatabaseResponse>;
  respond(response: DatabaseResponse): void;
  /** Resets the connection, as the end of a process does. */
  reset(): void;
}

export type ProxyRule = (exchange: Exchange) => Promise<void> | void;

export const passThrough: ProxyRule = async ({ forward, respond }) => respond(await forward());

/** In place of an operation: all of them. */
export const ANY = '*';

export type DynamoDbProxy = Awaited<ReturnType<typeof startDynamoDbProxy>>;

/** @param database `http://127.0.0.1:PORT` */
export async function startDynamoDbProxy(database: string) {
  const agent = new Agent({ keepAlive: true });
  const requests: ProxiedRequest[] = [];
  const queued = new Map<string, ProxyRule[]>();
  const permanent = new Map<string, ProxyRule>();
  const failures: unknown[] = [];

  async function handle(incoming: IncomingMessage, raw: ServerResponse): Promise<void> {
    try {
      const exchange = await readExchange(database, agent, incoming, raw);
      const { operation } = exchange.request;
      requests.push(exchange.request);
      const next = queued.get(operation)?.shift() ?? queued.get(ANY)?.shift();
      const rule = next ?? permanent.get(operation) ?? permanent.get(ANY) ?? passThrough;
      await rule(exchange);
    } catch (thrown) {
      if (incoming.complete) failures.push(thrown); // otherwise the SDK hung up while it was sending
      incoming.socket.destroy();
    }
  }

  let http = await startHttpServer(handle);
  const { url: endpoint, port } = http;
  return {
    endpoint,
    /** All requests, in order. */
    requests,
    sent: (operation: string) => requests.filter((sent) => sent.operation === operation),
    /** Applies rules to the next requests of an operation, one each. */
    next: (operation: string, ...rules: readonly ProxyRule[]): void =>
      void queued.set(operation, [...(queued.get(operation) ?? []), ...rules]),
    /** Applies a rule to every request of an operation for which no `next` is left. */
    always: (operation: string, rule: ProxyRule): void => void permanent.set(operation, rule),
    /** Removes the rules, and forgets the requests. */
    clear(): void {
      queued.clear();
      permanent.clear();
      requests.length = 0;
    },
    /** Rejects connections, and resets the open ones. */
    shut: () => http.close(),
    /** Listens on the same port again. */
    async reopen(): Promise<void> {
      http = await startHttpServer(handle, port);
    },
    /** @throws AggregateError what rules have thrown */
    async stop(): Promise<void> {
      await http.close();
      agent.destroy();
      if (failures.length > 0) throw new AggregateError(failures, 'a rule failed');
    },
  };
}

async function readExchange(database: string, agent: Agent, incoming: IncomingMessage, raw: ServerResponse): Promise<Exchange> {
  const text = await textOf(incoming);
  const proxied: ProxiedRequest = {
    operation: String(incoming.headers['x-amz-target']).replace(/^.*\./, ''),
    text,
    get body() {
      return JSON.parse(text);
    },
  };
  return {
    request: proxied,
    raw,
    async forward(body = text) {
      const headers = { ...incoming.headers, host: new URL(database).host, 'content-length': Buffer.byteLength(body) };
      const outgoing = request(database, { agent, method: 'POST', headers }).end(body);
      const [response]: IncomingMessage[] = await once(outgoing, 'response');
      if (!response) throw new Error('a response event has a message');
      proxied.response = { status: response.statusCode ?? 0, headers: endToEnd(response), text: await textOf(response) };
      return proxied.response;
    },
    respond: ({ status, headers, text: body }) =>
      void raw.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body),
    reset: () => void incoming.socket.resetAndDestroy(),
  };
}

/** The headers without those of the connection. */
function endToEnd({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz'));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
