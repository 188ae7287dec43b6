import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type WatchState, watchLoan } from './watch-loan.ts';

/* What a watcher makes of a server that says what the test wants. */

type Said = Readonly<Record<string, unknown>>;
/** What a connection is told once it has subscribed, and the code with which it is then closed. */
type Script = (spec: Said) => { readonly say: readonly Said[]; readonly close?: number };

let server: WebSocketServer;
let scripts: Script[];
let spec: Said[];

beforeEach(async () => {
  scripts = [];
  spec = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      spec.push(message);
      const { say, close } = scripts.shift()?.(message) ?? { say: [] };
      for (const said of say) socket.send(JSON.stringify(said));
      if (close !== undefined) socket.close(close);
    }),
  );
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const subscribed: Said = { type: 'subscribed', loan_id: 'L', cursor: 'c0' };
const problem = (status: number, error: string, retryable: boolean): Said => ({
  type: 'error',
  loan_id: 'L',
  problem: { error, message: `${status}`, status, retryable },
});

function event(n: number): Said {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 1, lender_count: 0, status: 'open', version: n };
  const at = '2026-03-01T09:15:00.000Z';
  const told = { event_id: `e${n}`, type: 'loan.closed', loan_id: 'L', at, actor: 'borrower', data: { loan } };
  return { type: 'event', loan_id: 'L', cursor: `c${n}`, event: told };
}

function signed(token: () => Promise<string>, { canRenew = true }: { readonly canRenew?: boolean } = {}) {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // it listens on TCP
  return { url, token, canRenew, random: () => 0.01 };
}

function watching({ renewsToken = true }: { readonly renewsToken?: boolean } = {}) {
  const told: string[] = [];
  const states: WatchState[] = [];
  let tokens = 0;
  const token = async () => {
    if (renewsToken || tokens === 0) tokens += 1;
    return `t${tokens}`;
  };
  const follow = async () => {
    const options = { onState: (state: WatchState) => void states.push(state) };
    for await (const { event } of watchLoan(signed(token), 'L', options)) told.push(event.event_id);
  };
  return { told, states, ended: follow().catch((thrown: unknown) => thrown) };
}

describe('a watched loan', () => {
  it('resumes after the last cursor that it got, and tells no event twice', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [subscribed, event(1), event(2)], close: 4430 }),
      () => ({ say: [subscribed, event(2), event(2), event(3)] }),
    );
    const { told } = watching();
    await expect.poll(() => told).toEqual(['e1', 'e2', 'e3']);
    expect(spec.map(({ after }) => after)).toEqual([undefined, 'c0', 'c2']);
    expect(spec.map(({ token }) => token)).toEqual(['t1', 't1', 't1']);
  });

  it('lets be what it does not know', async () => {
    scripts.push(() => ({ say: [{ type: 'news' }, subscribed, { ...event(1), more: 1 }] }));
    const { told } = watching();
    await expect.poll(() => told).toEqual(['e1']);
  });

  it('signs in anew when its token has expired, also while there was no connection', async () => {
    scripts.push(
      () => ({ say: [subscribed, event(1)], close: 4401 }),
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [problem(401, 'UNAUTHORIZED', false)] }),
      () => ({ say: [subscribed, event(2)] }),
    );
    const { told } = watching();
    await expect.poll(() => told).toEqual(['e1', 'e2']);
    expect(spec.map(({ token }) => token)).toEqual(['t1', 't2', 't2', 't3']);
  });

  it('ends when a new token is refused as well', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 4401 }),
      () => ({ say: [problem(401, 'UNAUTHORIZED', false)] }),
    );
    expect(await watching().ended).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(spec.map(({ token }) => token)).toEqual(['t1', 't2']);
  });

  it('ends when a given token has expired', async () => {
    scripts.push(() => ({ say: [subscribed], close: 4401 }));
    expect(await watching({ renewsToken: false }).ended).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('ends at the first refusal of a token that is the only one, in the words of the refusal', async () => {
    scripts.push(() => ({ say: [problem(401, 'UNAUTHORIZED', false)] }));
    const alone = signed(async () => 't', { canRenew: false });
    await expect(watchLoan(alone, 'L').next()).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: '401' });
    expect(spec).toHaveLength(1);
  });

  it('tries again what may pass, and ends at what may not', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [problem(503, 'SERVICE_UNAVAILABLE', true)] }),
      () => ({ say: [subscribed, problem(404, 'NOT_FOUND', false)] }),
    );
    expect(await watching().ended).toMatchObject({ code: 'NOT_FOUND' });
    expect(spec).toHaveLength(3);
  });

  it('tells of its connections', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [subscribed] }),
    );
    const { states } = watching();
    await expect
      .poll(() => states)
      .toEqual([
        { name: 'subscribed', isAgain: false },
        { name: 'lost', reason: '', retryInMs: 5 },
        { name: 'subscribed', isAgain: true },
      ]);
  });

  it('loses nothing to a reader who is slow: it lets go, and goes on behind the last that was read', async () => {
    const many = Array.from({ length: 1500 }, (_, n) => event(n + 1));
    scripts.push(
      () => ({ say: [subscribed, ...many] }),
      ({ after }) => ({ say: [subscribed, ...many.slice(Number(String(after).slice(1)))] }),
      ({ after }) => ({ say: [subscribed, ...many.slice(Number(String(after).slice(1)))] }),
    );
    const watch = watchLoan(
      signed(async () => 't'),
      'L',
    );
    const told: string[] = [];
    for await (const { event } of watch) {
      if (told.length === 0) await expect.poll(() => server.clients.size).toBe(0); // it has been let go meanwhile
      told.push(event.event_id);
      if (told.length === 1500) break;
    }
    expect(told).toEqual(many.map((_, n) => `e${n + 1}`));
  });

  it('closes its connection when whoever reads it leaves, or their signal says so', async () => {
    scripts.push(
      () => ({ say: [subscribed, event(1)] }),
      () => ({ say: [subscribed] }),
    );
    for await (const _ of watchLoan(
      signed(async () => 't'),
      'L',
    ))
      break;
    await expect.poll(() => server.clients.size).toBe(0);
    const ending = new AbortController();
    const next = watchLoan(
      signed(async () => 't'),
      'L',
      { signal: ending.signal },
    ).next();
    await expect.poll(() => spec.length).toBe(2);
    ending.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it('is a wrong address where nobody ever was', async () => {
    const client = signed(async () => 't');
    server.close();
    await expect(watchLoan(client, 'L').next()).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('asks a server that has fallen silent, and looks for it anew where it says nothing to that', async () => {
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
      () => ({ say: [subscribed] }),
      () => ({ say: [] }), // the ping
      () => ({ say: [subscribed, event(1)] }),
    );
    const next = watchLoan(
      signed(async () => 't'),
      'L',
      { clock },
    ).next();
    await expect.poll(() => timers.length).toBe(2); // since it was opened, and since it was heard
    timers.at(-1)?.run();
    await expect.poll(() => spec.at(-1)).toEqual({ type: 'ping' });
    expect(timers.map(({ ms }) => ms)).toEqual([25_000, 25_000, 10_000]);
    timers.at(-1)?.run();
    expect(await next).toMatchObject({ value: { event: { event_id: 'e1' } } });
  });
});
