import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import type { ClientOptions } from '../options.ts';

/* A server that answers as a test has written it down, on a real socket, and time that passes as fast as it is told to. */

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is done with one request. */
export type Act = (response: ServerResponse, received: Received) => unknown;

export type Scripted = Awaited<ReturnType<typeof serveScript>>;

/** Each request gets the next act; further ones get the last again. */
export async function serveScript(...acts: readonly Act[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: await text(request) };
    const act = acts[Math.min(received.length, acts.length - 1)];
    received.push(one);
    await act?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answering(status: number, body: object = {}, headers: Readonly<Record<string, string>> = {}): Act {
  return (response) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A refusal as the server words it. */
export function refusing(status: number, error: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): Act {
  const body = { success: false, status, error, message: `it is ${error}`, request_id: 'R', retryable: status >= 429, details: [] };
  return answering(status, { ...body, ...more }, headers);
}

/** Ends the connection in the middle of an answer. */
export const breaking: Act = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' }).write('{"success":');
  setImmediate(() => response.destroy());
};

/** Never answers. */
export const hanging: Act = () => {};

/** A clock on which a pause is over at once, and counts; what an attempt or a call may take at most is left to real time. */
function hastyClock() {
  const waited: number[] = [];
  let passed = 0;
  const clock: Clock = {
    now: () => Date.UTC(2026, 2, 1) + passed,
    elapsed: () => passed,
    after(ms, run) {
      const isLimit = ms === LIMITS.deadlineMs || ms === LIMITS.attemptMs;
      const timer = setTimeout(
        () => {
          passed += ms;
          if (!isLimit) waited.push(ms);
          run();
        },
        isLimit ? ms : 0,
      );
      return () => clearTimeout(timer);
    },
  };
  return { clock, waited };
}

const LIMITS = { deadlineMs: 20_000, attemptMs: 15_000 } as const;

/** Options for a client of which a test can tell how long it would have waited: half of each most. */
export function hasty(url: string): { readonly options: ClientOptions; readonly waited: readonly number[] } {
  const { clock, waited } = hastyClock();
  return { options: { url, token: 'JWT', clock, random: () => 0.5, ...LIMITS }, waited };
}
