import { once } from 'node:events';
import { connect } from 'node:net';
import { type HttpServer, listen } from '../../api/http/http-server.ts';
import { type Answer, answerOf, toAnswer } from './response.ts';
import type { TestApp } from './test-app.ts';

/* What a lab's own `send` leaves out: who is connected, which host was asked, and the bytes themselves. */

export type Wire = Awaited<ReturnType<typeof connectTo>>;

interface RawRequestInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The network address at the other end of the connection; none as in a call within the program. */
  readonly from?: string;
}

/** Asks the app for a whole address or a path, as the server does for whoever is connected to it. */
export async function sendRequest(
  testApp: Pick<TestApp, 'app'>,
  address: string,
  { from, ...init }: RawRequestInit = {},
): Promise<Answer> {
  const request = new Request(new URL(address, 'http://localhost:3000'), init);
  const peer = from === undefined ? {} : { address: from };
  const response = await testApp.app.fetch(request, peer);
  return answerOf(response);
}

/** The lab's app behind a real server. */
export function serveLab(
  { app }: Pick<TestApp, 'app'>,
  limits: { readonly headersTimeoutMs?: number; readonly requestTimeoutMs?: number } = {},
): Promise<HttpServer> {
  return listen(app.fetch, { host: '127.0.0.1', port: 0, ids: app.services.ids, ...limits });
}

/** A client that sends what it likes, when it likes, and never hangs up by itself. */
export async function connectTo(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, 'connect');
  const chunks: AsyncIterator<Buffer> = socket.iterator({ destroyOnReturn: false });
  let received = Buffer.alloc(0);

  return {
    send(bytes: string | Uint8Array): void {
      socket.write(bytes);
    },
    /** The next answer, whole. */
    async answer(): Promise<Answer> {
      for (;;) {
        const found = firstAnswer(received);
        if (found) {
          received = received.subarray(found.length);
          return found.answer;
        }
        const { done, value } = await chunks.next();
        if (done) throw new Error(`the server hung up after: ${received}`);
        received = Buffer.concat([received, value]);
      }
    },
    /** Once the server has said all it will; what it said since the last answer. */
    async end(): Promise<string> {
      for (;;) {
        const { done, value } = await chunks.next();
        if (done) return received.toString();
        received = Buffer.concat([received, value]);
      }
    },
    hangUp(): void {
      socket.destroy();
    },
  };
}

function firstAnswer(bytes: Buffer): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*:/, '').trim()]),
  );
  const length = headEnd + 4 + Number(headers.get('Content-Length') ?? 0);
  if (bytes.length < length) return undefined;
  return { length, answer: toAnswer(Number(first.split(' ')[1]), headers, bytes.toString('utf8', headEnd + 4, length)) };
}
