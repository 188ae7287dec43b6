import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';

/** A server on this machine, to fake a service. @param wanted port; by default any free one */
export async function startHttpServer(listener: RequestListener, wanted = 0) {
  const server = createServer(listener).listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const port = Number(Object(server.address()).port);
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    async close(): Promise<void> {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Responds as the SDK of AWS expects. @param errorType sent as `x-amzn-ErrorType` */
export function respond(response: ServerResponse, status: number, body: object, errorType?: string): void {
  const header = errorType !== undefined && { 'x-amzn-ErrorType': errorType };
  response.writeHead(status, { 'Content-Type': 'application/json', ...header });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
