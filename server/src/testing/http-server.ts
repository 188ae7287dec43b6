import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';

/** A server on a free port of this machine, to fake a service of AWS. */
export async function startHttpServer(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    server,
    url: `http://127.0.0.1:${address.port}`,
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Responds as the SDK expects. @param errorType sent as `x-amzn-ErrorType` */
export function respond(response: ServerResponse, status: number, body: object, errorType?: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...(errorType !== undefined && { 'x-amzn-ErrorType': errorType }),
  });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
