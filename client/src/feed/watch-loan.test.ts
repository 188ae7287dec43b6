import { getEventListeners, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type WatchState, watchLoan } from './watch-loan.ts';

/* watchLoan against a WebSocket server that follows a script. */

type Message = Readonly<Record<string, unknown>>;
/** Messages that reply to a message, and the code of the close that follows. */
type Script = (received: Message) => { readonly send: readonly Message[]; readonly close?: number };

let server: WebSocketServer;
let scripts: Script[];
let received: Message[];

beforeEach(async () => {
  scripts = [];
  received = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      received.push(message);
      const { send, close } = scripts.shift()?.(message) ?? { send: [] };
      for (const each of send) socket.send(JSON.stringify(each));
      if (close !== undefined) socket.close(close);
    }),
  );
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const subscribed: Message = { type: 'subscribed', loan_id: 'L', cursor: 'c0' };
const problem = (status: number, error: string, retryable: boolean): Message => ({
  type: 'error',
  loan_id: 'L',
  problem: { error, message: `${status}`, status, retryable },
});

function event(n: number): Message {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 1, lender_count: 0, status: 'open', version: n };
  const at = '2026-03-01T09:15:00.000Z';
  const body = { event_id: `e${n}`, type: 'loan.closed', loan_id: 'L', at, actor: 'borrower', data: { loan } };
  return { type: 'event', loan_id: 'L', cursor: `c${n}`, event: body };
}

function auth(token: () => Promise<string>, { canRenew = true }: { readonly canRenew?: boolean } = {}) {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // TCP
  return { url, token, canRenew, random: () => 0.01 };
}

function startWatch({ renewsToken = true }: { readonly renewsToken?: boolean } = {}) {
  const eventIds: string[] = [];
  const states: WatchState[] = [];
  let tokens = 0;
  const token = async () => {
    if (renewsToken || tokens === 0) tokens += 1;
    return `t${tokens}`;
  };
  const follow = async () => {
    const options = { onState: (state: WatchState) => void states.push(state) };
    for await (const { event } of watchLoan(auth(token), 'L', options)) eventIds.push(event.event_id);
  };
  return { eventIds, states, ended: follow().catch((error: unknown) => error) };
}

describe('watchLoan', () => {
  it('resumes after the last cursor, and yields no event twice', async () => {
    scripts.push(
      () => ({ send: [subscribed], close: 1001 }),
      () => ({ send: [subscribed, event(1), event(2)], close: 4430 }),
      () => ({ send: [subscribed, event(2), event(2), event(3)] }),
    );
    const { eventIds } = startWatch();
    await expect.poll(() => eventIds).toEqual(['e1', 'e2', 'e3']);
    expect(received.map(({ after }) => after)).toEqual([undefined, 'c0', 'c2']);
    expect(received.map(({ token }) => token)).toEqual(['t1', 't1', 't1']);
  });

  it('ignores unknown messages and members', async () => {
    scripts.push(() => ({ send: [{ type: 'news' }, subscribed, { ...event(1), more: 1 }] }));
    const { eventIds } = startWatch();
    await expect.poll(() => eventIds).toEqual(['e1']);
  });

  it('renews the token when it expires, also while disconnected', async () => {
    scripts.push(
      () => ({ send: [subscribed, event(1)], close: 4401 }),
      () => ({ send: [subscribed], close: 1001 }),
      () => ({ send: [problem(401, 'UNAUTHORIZED', false)] }),
      () => ({ send: [subscribed, event(2)] }),
    );
    const { eventIds } = startWatch();
    await expect.poll(() => eventIds).toEqual(['e1', 'e2']);
    expect(received.map(({ token }) => token)).toEqual(['t1', 't2', 't2', 't3']);
  });

  it('ends when the renewed token is rejected too', async () => {
    scripts.push(
      () => ({ send: [subscribed], close: 4401 }),
      () => ({ send: [problem(401, 'UNAUTHORIZED', false)] }),
    );
    expect(await startWatch().ended).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(received.map(({ token }) => token)).toEqual(['t1', 't2']);
  });

  it('ends when a token that can not be renewed has expired', async () => {
    scripts.push(() => ({ send: [subscribed], close: 4401 }));
    expect(await startWatch({ renewsToken: false }).ended).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('ends with the error of the server when its only token is rejected', async () => {
    scripts.push(() => ({ send: [problem(401, 'UNAUTHORIZED', false)] }));
    const single = auth(async () => 't', { canRenew: false });
    await expect(watchLoan(single, 'L').next()).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: '401' });
    expect(received).toHaveLength(1);
  });

  it('reconnects after retryable errors, and ends at others', async () => {
    scripts.push(
      () => ({ send: [subscribed], close: 1001 }),
      () => ({ send: [problem(503, 'SERVICE_UNAVAILABLE', true)] }),
      () => ({ send: [subscribed, problem(404, 'NOT_FOUND', false)] }),
    );
    expect(await startWatch().ended).toMatchObject({ code: 'NOT_FOUND' });
    expect(received).toHaveLength(3);
  });

  it.each([
    ['of INTERNAL_ERROR', () => ({ send: [problem(500, 'INTERNAL_ERROR', true)] })],
    ['of INTERNAL_ERROR after each subscription', () => ({ send: [subscribed, problem(500, 'INTERNAL_ERROR', true)] })],
    ['that close the connection', () => ({ send: [subscribed], close: 1011 })],
  ] satisfies [string, Script][])('ends after five unexpected errors in a row %s', async (_, script) => {
    scripts.push(...Array.from({ length: 9 }, () => script));
    expect(await startWatch().ended).toMatchObject({ name: 'ApiError', code: 'INTERNAL_ERROR', status: 500 });
    expect(received).toHaveLength(5);
  });

  it('continues where events come between unexpected errors', async () => {
    const failing = (n: number) => () => ({ send: [subscribed, event(n), problem(500, 'INTERNAL_ERROR', true)] });
    scripts.push(...[1, 2, 3, 4, 5, 6].map(failing), () => ({ send: [problem(404, 'NOT_FOUND', false)] }));
    const { eventIds, ended } = startWatch();
    expect(await ended).toMatchObject({ code: 'NOT_FOUND' });
    expect(eventIds).toHaveLength(6);
  });

  it('ends with the reason where the server does not take the size of its message', async () => {
    scripts.push(() => ({ send: [], close: 1009 }));
    expect(await startWatch().ended).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('The token') });
  });

  it('reports the states of its connection', async () => {
    scripts.push(
      () => ({ send: [subscribed], close: 1001 }),
      () => ({ send: [subscribed] }),
    );
    const { states } = startWatch();
    await expect
      .poll(() => states)
      .toEqual([
        { name: 'subscribed', isAgain: false },
        { name: 'lost', reason: '', retryInMs: 5 },
        { name: 'subscribed', isAgain: true },
      ]);
  });

  it('disconnects from a slow reader, and resumes after the last event that was read', async () => {
    const many = Array.from({ length: 1500 }, (_, n) => event(n + 1));
    scripts.push(
      () => ({ send: [subscribed, ...many] }),
      ({ after }) => ({ send: [subscribed, ...many.slice(Number(String(after).slice(1)))] }),
      ({ after }) => ({ send: [subscribed, ...many.slice(Number(String(after).slice(1)))] }),
    );
    const watch = watchLoan(
      auth(async () => 't'),
      'L',
    );
    const eventIds: string[] = [];
    for await (const { event } of watch) {
      if (eventIds.length === 0) await expect.poll(() => server.clients.size).toBe(0); // it has disconnected
      eventIds.push(event.event_id);
      if (eventIds.length === 1500) break;
    }
    expect(eventIds).toEqual(many.map((_, n) => `e${n + 1}`));
  });

  it('closes its connection when the loop is left or the signal aborts', async () => {
    scripts.push(
      () => ({ send: [subscribed, event(1)] }),
      () => ({ send: [subscribed] }),
    );
    for await (const _ of watchLoan(
      auth(async () => 't'),
      'L',
    ))
      break;
    await expect.poll(() => server.clients.size).toBe(0);
    const controller = new AbortController();
    const next = watchLoan(
      auth(async () => 't'),
      'L',
      { signal: controller.signal },
    ).next();
    await expect.poll(() => received.length).toBe(2);
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it('throws ConnectionError if the server never responded', async () => {
    const client = auth(async () => 't');
    server.close();
    await expect(watchLoan(client, 'L').next()).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('pings a silent server, and reconnects if there is no pong', async () => {
    const timers: { readonly ms: number; readonly run: () => void }[] = [];
    const clock = {
      now: Date.now,
      elapsed: () => performance.now(),
      after(ms: number, run: () => void) {
        if (ms < 5000) setImmediate(run);
        else timers.push({ ms, run });
        return () => {};
      },
    };
    scripts.push(
      () => ({ send: [subscribed] }),
      () => ({ send: [] }), // the ping
      () => ({ send: [subscribed, event(1)] }),
    );
    const next = watchLoan(
      auth(async () => 't'),
      'L',
      { clock },
    ).next();
    await expect.poll(() => timers.length).toBe(2); // one from the start, one from the first message
    timers.at(-1)?.run();
    await expect.poll(() => received.at(-1)).toEqual({ type: 'ping' });
    expect(timers.map(({ ms }) => ms)).toEqual([25_000, 25_000, 10_000]);
    timers.at(-1)?.run();
    expect(await next).toMatchObject({ value: { event: { event_id: 'e1' } } });
  });
});
