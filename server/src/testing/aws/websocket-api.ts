import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type WebSocket, WebSocketServer } from 'ws';

/*
 * A WebSocket API of API Gateway, as far as the feed knows one: real sockets become events for a function, and by
 * `POST` and `DELETE /feed/@connections/ID` something is said to them.
 */

const STAGE = 'feed';
const MESSAGE_BYTES_MAX = 131_072;

export type SocketFunction = (event: APIGatewayProxyWebsocketEventV2) => Promise<unknown>;

/** Given what is posted to a connection: the status to answer instead of sending it, or undefined to send it. */
export type Meddling = (connectionId: string, message: string) => Promise<number | undefined>;

export type WebSocketApi = Awaited<ReturnType<typeof startWebSocketApi>>;

export async function startWebSocketApi() {
  const sockets = new Map<string, WebSocket>();
  const underWay = new Set<Promise<unknown>>();
  let invoke: SocketFunction = async () => {};
  let meddle: Meddling = async () => undefined;
  let tellsOfEnds = true;

  /** Events of one connection are handed over as they come, not one after the other. */
  function hand(event: APIGatewayProxyWebsocketEventV2): void {
    const done: Promise<unknown> = invoke(event).finally(() => underWay.delete(done));
    underWay.add(done);
  }

  /** Once the function has come to the end of what it was given. */
  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  }

  const http = createServer((request, response) => {
    void answerPost(request, response, { sockets, meddle: (...posted) => meddle(...posted) });
  });

  const server = new WebSocketServer({ server: http, path: `/${STAGE}`, maxPayload: MESSAGE_BYTES_MAX });
  server.on('connection', (socket) => {
    const connectionId = `${randomBytes(11).toString('base64url')}=`;
    const eventOf = makeEvents(connectionId);
    sockets.set(connectionId, socket);
    socket.on('message', (data, isBinary) => hand(eventOf('MESSAGE', isBinary ? { body: data, isBinary } : { body: data })));
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(connectionId);
      if (tellsOfEnds) hand(eventOf('DISCONNECT'));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server on TCP has a port');
  const url = `http://127.0.0.1:${address.port}`;

  return {
    /** Of the API, without the stage. */
    url,
    /** Of the stage: where connections are posted to. */
    endpoint: `${url}/${STAGE}`,
    invokes(handler: SocketFunction): void {
      invoke = handler;
    },
    meddles(meddling: Meddling): void {
      meddle = meddling;
    },
    /** From now on connections end without the function being told. */
    keepsEndsToItself(): void {
      tellsOfEnds = false;
    },
    connectionIds: () => [...sockets.keys()],
    idle,
    async close(): Promise<void> {
      for (const socket of sockets.values()) socket.terminate();
      await idle();
      server.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

interface Connections {
  readonly sockets: ReadonlyMap<string, WebSocket>;
  readonly meddle: Meddling;
}

/** Says something to a connection, or closes it. */
async function answerPost(request: IncomingMessage, response: ServerResponse, { sockets, meddle }: Connections): Promise<void> {
  const [, name = ''] = /^\/feed\/@connections\/([^/?]+)$/.exec(request.url ?? '') ?? [];
  const connectionId = decodeURIComponent(name);
  let message = '';
  for await (const chunk of request.setEncoding('utf8')) message += chunk;
  const status = request.method === 'POST' ? await meddle(connectionId, message) : undefined;
  if (status !== undefined) return end(response, status);
  const socket = sockets.get(connectionId);
  if (!socket) return end(response, 410);
  if (request.method === 'DELETE') socket.close(1001, 'Going away');
  else socket.send(message);
  end(response, request.method === 'DELETE' ? 204 : 200);
}

function makeEvents(connectionId: string) {
  const connectedAt = Date.now();
  return (
    eventType: 'MESSAGE' | 'DISCONNECT',
    { body, isBinary = false }: { readonly body?: unknown; readonly isBinary?: boolean } = {},
  ): APIGatewayProxyWebsocketEventV2 => {
    const requestId = randomBytes(11).toString('base64');
    const requestContext = {
      ...{ routeKey: eventType === 'MESSAGE' ? '$default' : '$disconnect', eventType, connectionId, connectedAt, requestId },
      ...{ messageId: requestId, extendedRequestId: requestId, messageDirection: 'IN' as const, stage: STAGE, apiId: 'id' },
      ...{
        requestTime: '10/Mar/2020:05:16:23 +0000',
        requestTimeEpoch: Date.now(),
        domainName: 'id.execute-api.us-east-1.amazonaws.com',
      },
      identity: { sourceIp: '192.0.2.1' },
    };
    const text = isBinary && Buffer.isBuffer(body) ? body.toString('base64') : String(body);
    return { requestContext, isBase64Encoded: isBinary, ...(body !== undefined && { body: text }) };
  };
}

function end(response: ServerResponse, status: number): void {
  const names: Record<number, string> = { 410: 'GoneException', 429: 'LimitExceededException' };
  const name = names[status];
  response.writeHead(status, { ...(name !== undefined && { 'x-amzn-errortype': name }), 'Content-Type': 'application/json' });
  response.end(status === 204 ? undefined : '{}');
}
