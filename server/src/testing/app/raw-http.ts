import { once } from 'node:events';
import { connect } from 'node:net';
import { type HttpServer, listen } from '../../api/http/http-server.ts';
import { type TestResponse, toTestResponse } from './response.ts';
import type { TestApp } from './test-app.ts';

/** Serves the app on a free port. */
export function serveTestApp(
  { app }: Pick<TestApp, 'app'>,
  limits: Partial<Parameters<typeof listen>[1]> = {},
): Promise<HttpServer> {
  return listen(app.fetch, { host: '127.0.0.1', port: 0, ids: app.services.ids, ...limits });
}

export type RawConnection = Awaited<ReturnType<typeof connectTo>>;

/** A TCP connection that sends any bytes and reads HTTP/1.1 responses. It stays open until `hangUp`. */
export async function connectTo(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, 'connect');
  const chunks: AsyncIterator<Buffer> = socket.iterator({ destroyOnReturn: false });
  let received = Buffer.alloc(0);

  /** @returns false at the end of the connection */
  async function receive(): Promise<boolean> {
    const { done, value } = await chunks.next();
    if (!done) received = Buffer.concat([received, value]);
    return !done;
  }

  return {
    send(bytes: string | Uint8Array): void {
      socket.write(bytes);
    },
    /** Sends bytes, and waits until the server has taken them. @throws where it resets the connection */
    sendWhole(bytes: string | Uint8Array): Promise<void> {
      return new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
    },
    /** Reads the next response. */
    async answer(): Promise<TestResponse> {
      for (;;) {
        const first = firstResponse(received);
        if (first) {
          received = received.subarray(first.length);
          return first.response;
        }
        if (!(await receive())) throw new Error(`the server hung up after: ${received}`);
      }
    },
    /** Waits for the server to close the connection. @returns what it sent since the last response */
    async end(): Promise<string> {
      while (await receive());
      return received.toString();
    },
    hangUp(): void {
      socket.destroy();
    },
  };
}

function firstResponse(bytes: Buffer): { response: TestResponse; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*:/, '').trim()]),
  );
  const length = headEnd + 4 + Number(headers.get('Content-Length') ?? 0);
  if (bytes.length < length) return undefined;
  const text = bytes.toString('utf8', headEnd + 4, length);
  return { response: toTestResponse(Number(statusLine.split(' ')[1]), headers, text), length };
}
