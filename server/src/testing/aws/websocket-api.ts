import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type WebSocket, WebSocketServer } from 'ws';
import { respond, startHttpServer } from '../http-server.ts';

const STAGE = 'feed';
const MESSAGE_BYTES_MAX = 131_072;

export type WebSocketApi = Awaited<ReturnType<typeof startWebSocketApi>>;

/** What the fake shares between its HTTP and its WebSocket side. */
interface GatewayState {
  readonly sockets: Map<string, WebSocket>;
  /** Invocations that have not ended. */
  readonly running: Set<Promise<unknown>>;
  /** The function. */
  invoke: (event: APIGatewayProxyWebsocketEventV2) => Promise<unknown>;
  /** @returns the status to respond with instead of sending the message; undefined to send it */
  intercept: (connectionId: string, message: string) => Promise<number | undefined>;
  /** Whether the function is invoked when a connection closes. */
  reportsDisconnects: boolean;
}

/**
 * A fake of a WebSocket API of API Gateway: invokes a function with the messages of real WebSocket connections, and sends to them
 * what is posted to `/feed/@connections/ID`.
 */
export async function startWebSocketApi() {
  const state: GatewayState = {
    sockets: new Map(),
    running: new Set(),
    invoke: async () => {},
    intercept: async () => undefined,
    reportsDisconnects: true,
  };
  const http = await startHttpServer((request, response) => void handlePost(state, request, response));
  const server = new WebSocketServer({ server: http.server, path: `/${STAGE}`, maxPayload: MESSAGE_BYTES_MAX });
  server.on('connection', (socket) => addConnection(state, socket));

  /** Resolves once the function has handled all events. */
  async function idle(): Promise<void> {
    while (state.running.size > 0) await Promise.allSettled(state.running);
  }

  return {
    /** Without the stage. */
    url: http.url,
    /** Where messages for connections are posted. */
    endpoint: `${http.url}/${STAGE}`,
    state,
    connectionIds: () => [...state.sockets.keys()],
    idle,
    async close(): Promise<void> {
      for (const socket of state.sockets.values()) socket.terminate();
      await idle();
      server.close();
      await http.close();
    },
  };
}

async function handlePost({ sockets, intercept }: GatewayState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const connectionId = decodeURIComponent(/^\/feed\/@connections\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? '');
  const message = await text(request);
  const status = request.method === 'POST' ? await intercept(connectionId, message) : undefined;
  const socket = sockets.get(connectionId);
  if (status !== undefined) respond(response, status, {}, status === 429 ? 'LimitExceededException' : undefined);
  else if (!socket) respond(response, 410, {}, 'GoneException');
  else if (request.method === 'DELETE') {
    socket.close(1001, 'Going away');
    respond(response, 204, {});
  } else {
    socket.send(message);
    respond(response, 200, {});
  }
}

function addConnection(state: GatewayState, socket: WebSocket): void {
  const connectionId = `${randomBytes(11).toString('base64url')}=`;
  const context = { connectionId, connectedAt: Date.now() };
  state.sockets.set(connectionId, socket);
  socket.on('message', (data, isBinary) => {
    const body = isBinary && Buffer.isBuffer(data) ? data.toString('base64') : String(data);
    emit(state, { requestContext: requestContext('MESSAGE', context), isBase64Encoded: isBinary, body });
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    state.sockets.delete(connectionId);
    if (state.reportsDisconnects) emit(state, { requestContext: requestContext('DISCONNECT', context), isBase64Encoded: false });
  });
}

/** Does not wait for earlier events of the connection. */
function emit({ invoke, running }: GatewayState, event: APIGatewayProxyWebsocketEventV2): void {
  const done: Promise<unknown> = invoke(event).finally(() => running.delete(done));
  running.add(done);
}

function requestContext(eventType: 'MESSAGE' | 'DISCONNECT', context: { connectionId: string; connectedAt: number }) {
  const requestId = randomBytes(11).toString('base64');
  return {
    ...context,
    eventType,
    routeKey: eventType === 'MESSAGE' ? '$default' : '$disconnect',
    requestId,
    messageId: requestId,
    extendedRequestId: requestId,
    messageDirection: 'IN' as const,
    stage: STAGE,
    apiId: 'id',
    requestTime: '10/Mar/2020:05:16:23 +0000',
    requestTimeEpoch: Date.now(),
    domainName: 'id.execute-api.us-east-1.amazonaws.com',
    identity: { sourceIp: '192.0.2.1' },
  };
}
