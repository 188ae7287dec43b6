import { getEventListeners, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { LendingClient } from '../client.ts';
import { type Clock, platformClock } from '../clock.ts';
import { UnauthorizedError } from '../errors.ts';
import type { Hooks } from '../hooks.ts';
import { fastClientOptions } from '../testing/fast-client.ts';
import { type WatchOptions, type WatchState, watchLoan } from './watch-loan.ts';

/* watchLoan in a browser's session, against a server that follows a script. */

/** One response: an error, or a stream in pieces, which stays open after them or ends as it says. */
type Script =
  | { readonly status: number; readonly error: string; readonly retryable?: boolean; readonly type?: string }
  | { readonly stream: readonly string[]; readonly end?: 'breaks' | 'closes' };

/** Of silent streams and sockets, which tests don't wait for. */
const TIMEOUTS_MS = new Set([10_000, 25_000, 35_000]);
const NEVER = new Promise<never>(() => {});

function event(n: number): string {
  return JSON.stringify({ event_id: `e${n}`, type: 'loan.closed', loan_id: 'L', actor: 'borrower', data: {} });
}

const liveEvent = (n: number) => `id: c${n}\ndata: ${event(n)}\n\n`;
const endOf = (status: number, error: string, retryable: boolean) =>
  `event: end\ndata: ${JSON.stringify({ problem: { status, error, message: error, retryable, details: [], request_id: 'R' } })}\n\n`;

function respond(script: Script, signal: AbortSignal | null | undefined): Response {
  if ('status' in script) {
    const { status, error, retryable = false, type = 'application/problem+json' } = script;
    const body = { status, success: false, error, message: error, details: [], request_id: 'R', retryable };
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
  }
  const pieces = [...script.stream];
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
    async pull(controller) {
      const piece = pieces.shift();
      if (piece !== undefined) return controller.enqueue(new TextEncoder().encode(piece));
      if (script.end === 'closes') return controller.close();
      if (script.end === 'breaks') throw new Error('reset');
      await NEVER;
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

/** A server whose streams follow the scripts, and whose history ends after two pages at the cursor `end`. */
function scriptedServer(scripts: Script[], ticketStatuses: number[] = []) {
  const streams: Request[] = [];
  const requests: string[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    requests.push(`${request.method} ${pathname} ${request.headers.get('X-Lending-Console')}`);
    if (pathname.endsWith('/feed-tickets')) {
      const status = ticketStatuses.shift() ?? 200;
      if (status === 401) return respond(problem(401, 'UNAUTHORIZED'), null);
      if (status !== 200) return respond(problem(status, 'SERVICE_UNAVAILABLE', true), null);
      const { loan_id: loanId } = JSON.parse(await request.text());
      return Response.json({ success: true, ticket: `ticket ${requests.length} for ${loanId}`, expires_in: 60 });
    }
    if (request.headers.get('Accept') !== 'text/event-stream') {
      const next = { null: 'middle', middle: 'end', end: 'end' }[searchParams.get('after') ?? 'null'];
      return Response.json({ success: true, events: [], next_cursor: next });
    }
    streams.push(request);
    return respond(scripts.shift() ?? { stream: [] }, init?.signal);
  };
  return { fetch, streams, requests };
}

interface Setup extends WatchOptions {
  /** Events after which the loop is left. */
  readonly count?: number;
  /** Statuses of the responses to requests for tickets. */
  readonly tickets?: number[];
  readonly fetch?: typeof globalThis.fetch;
  /** Whether a silent stream times out at once. */
  readonly isImpatient?: boolean;
}

/** Watches until `count` events have come, or the watch fails. */
async function watch(scripts: Script[], { count, tickets, fetch, isImpatient = false, ...options }: Setup = {}) {
  const server = scriptedServer(scripts, tickets);
  const { options: fast, delays } = fastClientOptions('https://lending.example.com');
  const { token: _, session: __, clock = platformClock, ...rest } = fast;
  const signedOut: string[] = [];
  const hooks: Hooks = { onSignedOut: ({ operation, path }) => signedOut.push(`${operation} ${path}`) };
  const client = new LendingClient({ ...rest, clock, session: true, fetch: fetch ?? server.fetch, hooks });
  const [events, states]: [[string, string][], WatchState[]] = [[], []];
  const patient: Clock = { ...clock, after: (ms, run) => (TIMEOUTS_MS.has(ms) && !isImpatient ? () => {} : clock.after(ms, run)) };
  const follow = async () => {
    const onState = (state: WatchState) => void states.push(state);
    for await (const { event, cursor } of watchLoan(client, 'L', { clock: patient, onState, ...options })) {
      events.push([event.event_id, cursor]);
      if (events.length === count) return;
    }
  };
  const error: unknown = await follow().catch((thrown: unknown) => thrown);
  const cursors = server.streams.map(({ headers }) => headers.get('Last-Event-ID'));
  return { ...server, events, states, signedOut, delays, error, cursors };
}

const problem = (status: number, error: string, retryable = false): Script => ({ status, error, retryable });
const AFTER = { after: 'c0' } as const;

describe('watchLoan in a session', () => {
  it('reads a live stream of new events, with the cookie of its origin', async () => {
    const stream = ['retry: 1000\nid: c0\n\n', liveEvent(1), ':\n\n', liveEvent(2)];
    const { events, requests, streams, states } = await watch([{ stream }], { count: 2 });
    expect(events).toEqual([
      ['e1', 'c1'],
      ['e2', 'c2'],
    ]);
    expect(states).toEqual([{ name: 'subscribed', isAgain: false }]);
    expect(requests).toEqual(['GET /loans/L/events 1']);
    const [{ url, credentials, redirect, cache, headers } = new Request('x:')] = streams;
    expect(url).toBe('https://lending.example.com/loans/L/events?from=now');
    expect({ credentials, redirect, cache }).toEqual({ credentials: 'same-origin', redirect: 'manual', cache: 'no-store' });
    expect([headers.get('Authorization'), headers.get('Last-Event-ID')]).toEqual([null, null]);
  });

  it('begins with new events again where the stream breaks off before it has a position', async () => {
    const { events, streams, states } = await watch(
      [{ stream: ['retry: 5\n'], end: 'breaks' }, { stream: ['id: c0\n\n', liveEvent(1)] }],
      {
        count: 1,
      },
    );
    expect(events).toEqual([['e1', 'c1']]);
    expect(streams.map(({ url }) => new URL(url).search)).toEqual(['?from=now', '?from=now']);
    expect(states.map(({ name }) => name)).toEqual(['lost', 'subscribed']);
  });

  it('reads the history to its end where the server can only begin with it', async () => {
    const page = `retry: 100\n\ndata: ${event(1)}\n\nid: c2\ndata: ${event(2)}\n\n`;
    const { events, requests, cursors, states } = await watch([{ stream: [page], end: 'closes' }, { stream: [liveEvent(3)] }], {
      count: 1,
    });
    expect(events).toEqual([['e3', 'c3']]);
    expect(requests).toEqual(Array(5).fill('GET /loans/L/events 1'));
    expect(cursors).toEqual([null, 'end']);
    expect(states).toEqual([{ name: 'subscribed', isAgain: false }]);
  });

  it('resumes a stream that breaks off, and yields no event twice', async () => {
    const scripts: Script[] = [
      { stream: [liveEvent(1), `${liveEvent(2)}id: c3\ndata: {"ev`], end: 'breaks' },
      { stream: ['id: c2\n\n', liveEvent(2), liveEvent(3)] },
    ];
    const { events, cursors, states } = await watch(scripts, { ...AFTER, count: 3 });
    expect(events.map(([id]) => id)).toEqual(['e1', 'e2', 'e3']);
    expect(cursors).toEqual(['c0', 'c2']);
    expect(states).toEqual([
      { name: 'subscribed', isAgain: false },
      { name: 'lost', reason: 'reset', retryInMs: 250 },
      { name: 'subscribed', isAgain: true },
    ]);
  });

  it('reads streams that end with their page as one subscription, after the pauses that the server names', async () => {
    const scripts: Script[] = [
      { stream: [`retry: 100\n\ndata: ${event(1)}\n\n`, `id: c2\ndata: ${event(2)}\n\n`], end: 'closes' },
      { stream: ['retry: 2000\n\nid: c3\n\n'], end: 'closes' },
      { stream: ['retry: 2000\n\nid: c3\n\n'], end: 'closes' },
      { stream: [`retry: 0\n\nid: c4\ndata: ${event(4)}\n\n`], end: 'closes' },
      { stream: [`retry: 999999\n\nid: c5\ndata: ${event(5)}\n\n`], end: 'closes' },
      { stream: [liveEvent(6)] },
    ];
    const { events, cursors, states, delays } = await watch(scripts, { ...AFTER, count: 5 });
    expect(events).toEqual([
      ['e1', 'c0'], // resuming after it brings it again
      ['e2', 'c2'],
      ['e4', 'c4'],
      ['e5', 'c5'],
      ['e6', 'c6'],
    ]);
    expect(cursors).toEqual(['c0', 'c2', 'c3', 'c3', 'c4', 'c5']);
    expect(delays).toEqual([112.5, 2250, 2250, 112.5, 33_750]);
    expect(states).toEqual([{ name: 'subscribed', isAgain: false }]);
  });

  it.each<[string, Script]>([
    ['is rejected', problem(401, 'UNAUTHORIZED')],
    ['ends', { stream: [endOf(401, 'UNAUTHORIZED', false)], end: 'closes' }],
  ])('throws UNAUTHORIZED and reports onSignedOut when the session %s', async (_, script) => {
    const { error, signedOut, streams } = await watch([script, { stream: [] }], AFTER);
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(signedOut).toEqual(['watchLoan /loans/L/events']);
    expect(streams).toHaveLength(1);
  });

  it('reconnects after retryable errors, and ends at others', async () => {
    const { error, states, cursors } = await watch(
      [
        { stream: [liveEvent(1), endOf(503, 'SERVICE_UNAVAILABLE', true)], end: 'closes' },
        problem(429, 'TOO_MANY_REQUESTS', true),
        problem(404, 'NOT_FOUND'),
      ],
      AFTER,
    );
    expect(error).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    expect(states.map((state) => state.name === 'lost' && [state.reason, state.retryInMs])).toEqual([
      false,
      ['SERVICE_UNAVAILABLE', 250],
      ['TOO_MANY_REQUESTS', 500],
    ]);
    expect(cursors).toEqual(['c0', 'c1', 'c1']);
  });

  it('ends where something else than the API responds', async () => {
    const page: Script = { status: 200, error: '', type: 'text/html' };
    expect((await watch([page], AFTER)).error).toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 200 });
  });

  it.each<[string, Script]>([
    ['responses with 500', problem(500, 'INTERNAL_ERROR', true)],
    ['streams that end with 500', { stream: [endOf(500, 'INTERNAL_ERROR', true)] }],
    ['events without end', { stream: Array(9).fill('x'.repeat(2 ** 18)) }],
  ])('ends after five %s in a row', async (_, script) => {
    const { error, streams } = await watch(Array(9).fill(script), AFTER);
    expect(error).toMatchObject({ code: 'INTERNAL_ERROR', status: 500 });
    expect(streams).toHaveLength(5);
  });

  it('gives up a stream on which nothing comes for 35 seconds', async () => {
    const scripts: Script[] = [{ stream: [liveEvent(1)] }, problem(404, 'NOT_FOUND')];
    const { states, error } = await watch(scripts, { ...AFTER, isImpatient: true });
    expect(states.at(1)).toMatchObject({ name: 'lost', reason: 'The server does not respond.' });
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps trying while the server can not be reached, with longer and longer pauses', async () => {
    let attempts = 0;
    const fetch = async () => {
      attempts += 1;
      if (attempts < 5) throw new TypeError('fetch failed');
      return respond({ stream: [liveEvent(1)] }, undefined);
    };
    const { events, states } = await watch([], { ...AFTER, count: 1, fetch });
    expect(events).toEqual([['e1', 'c1']]);
    expect(states.map((state) => (state.name === 'lost' ? state.retryInMs : state.isAgain))).toEqual([250, 500, 1000, 2000, false]);
  });

  it('ignores events of later versions of the API', async () => {
    const unknown = [
      'data: {"news":1}\n\n',
      'data: no JSON\n\n',
      'event: news\ndata: {"event_id":"e9"}\n\n',
      'event: end\ndata\n\n',
    ];
    const { events } = await watch([{ stream: [...unknown, liveEvent(1)] }], { ...AFTER, count: 1 });
    expect(events).toEqual([['e1', 'c1']]);
  });

  it('ends its request when the loop is left, and when its signal is aborted', async () => {
    const left = await watch([{ stream: [liveEvent(1)] }], { ...AFTER, count: 1 });
    expect(left.streams[0]?.signal.aborted).toBe(true);
    const controller = new AbortController();
    const onState = () => controller.abort(new Error('enough'));
    const aborted = await watch([{ stream: [] }], { ...AFTER, signal: controller.signal, onState });
    expect(aborted.error).toEqual(new Error('enough'));
    expect(aborted.streams[0]?.signal.aborted).toBe(true);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

describe('watchLoan in a session with the URL of a feed', () => {
  /** A WebSocket feed that responds to each subscription with the next script, and then closes. */
  async function startFeed(scripts: readonly string[][]) {
    const received: { readonly token: string; readonly after?: string }[] = [];
    const rest = [...scripts];
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    server.on('connection', (socket) =>
      socket.on('message', (data) => {
        received.push(JSON.parse(String(data)));
        for (const message of rest.shift() ?? []) socket.send(message);
        socket.close(1001);
      }),
    );
    await once(server, 'listening');
    return { received, feedUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed` };
  }

  const subscribed = '{"type":"subscribed","cursor":"c0"}';
  const eventMessage = (n: number) => `{"type":"event","cursor":"c${n}","event":${event(n)}}`;
  const expired = '{"type":"error","problem":{"status":401,"error":"UNAUTHORIZED","message":"expired","retryable":false}}';

  it('subscribes with a new ticket at each connection, also after one has expired', async () => {
    const { feedUrl, received } = await startFeed([[subscribed, eventMessage(1)], [expired], [subscribed, eventMessage(2)]]);
    const { events, requests } = await watch([], { feedUrl, count: 2 });
    expect(events.map(([id]) => id)).toEqual(['e1', 'e2']);
    expect(received.map(({ token, after }) => [token, after])).toEqual([
      ['ticket 1 for L', undefined],
      ['ticket 2 for L', 'c1'],
      ['ticket 3 for L', 'c1'],
    ]);
    expect(requests).toEqual(Array(3).fill('POST /auth/feed-tickets 1'));
  });

  it('throws UNAUTHORIZED and reports onSignedOut when it gets no ticket', async () => {
    const { feedUrl } = await startFeed([[subscribed]]);
    const { error, signedOut } = await watch([], { feedUrl, tickets: [200, 401] });
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(signedOut).toEqual(['createFeedTicket /auth/feed-tickets']);
  });

  it('ends when a new ticket is rejected too', async () => {
    const { feedUrl, received } = await startFeed([[expired], [expired], [subscribed]]);
    const { error, signedOut } = await watch([], { feedUrl });
    expect(error).toMatchObject({ code: 'UNAUTHORIZED' });
    expect([received.length, signedOut]).toEqual([2, ['watchLoan /loans/L/events']]);
  });

  it('keeps trying while it can not get a ticket', async () => {
    const { feedUrl } = await startFeed([[subscribed, eventMessage(1)]]);
    const { events, states } = await watch([], { feedUrl, count: 1, tickets: Array(5).fill(503) });
    expect(events).toHaveLength(1);
    expect(states.map(({ name }) => name)).toEqual(['lost', 'subscribed']);
  });
});
