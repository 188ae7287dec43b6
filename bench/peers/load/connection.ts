import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/*
 * A client that costs little, so that the load takes no time from the servers: one kept connection, one request at a time, ready-made
 * text. It reads responses that have a Content-Length.
 */

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Connection {
  /** @param head request line and headers, without Content-Length, each ending with CRLF */
  send(head: string, body: string): Promise<Reply>;
  close(): void;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | undefined;
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const reply = parseReply(received);
    if (reply === undefined) return;
    received = received.subarray(reply.bytes);
    const done = waiting;
    waiting = undefined;
    done?.resolve(reply);
  });
  return {
    send(head, body) {
      const sent = new Promise<Reply>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      write(socket, head, body);
      return sent;
    },
    close: () => void socket.destroy(),
  };
}

function write(socket: Socket, head: string, body: string): void {
  socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /^content-length: *(\d+)/im;

/** @returns undefined while it is not complete @throws Error for a response without a length @internal exported for tests */
export function parseReply(received: Buffer): (Reply & { readonly bytes: number }) | undefined {
  const headBytes = received.indexOf(HEAD_END);
  if (headBytes < 0) return undefined;
  const head = received.toString('latin1', 0, headBytes);
  const length = LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`a response without a length: ${head}`);
  const start = headBytes + HEAD_END.length;
  const bytes = start + Number(length);
  if (received.length < bytes) return undefined;
  return { status: Number(head.slice(9, 12)), body: received.toString('utf8', start, bytes), bytes };
}
