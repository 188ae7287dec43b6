import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { watch } from './watch.ts';

/* What a watching terminal makes of a server that says what the test wants. */

type Said = Readonly<Record<string, unknown>>;
/** What a connection is told once it has subscribed, and the code with which it is then closed. */
type Script = (asked: Said) => { readonly say: readonly Said[]; readonly close?: number };

let server: WebSocketServer;
let scripts: Script[];
let asked: Said[];

beforeEach(async () => {
  scripts = [];
  asked = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      asked.push(message);
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

function watching({ renewsToken = true }: { readonly renewsToken?: boolean } = {}) {
  const told: string[] = [];
  let tokens = 0;
  const ended = watch({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    loanId: 'L',
    after: undefined,
    token: async () => {
      tokens += 1;
      return `t${tokens}`;
    },
    renewsToken,
    onEvent: ({ event_id }) => void told.push(event_id),
    onState: () => {},
    random: () => 0.01,
  }).catch((thrown: unknown) => thrown);
  return { told, ended };
}

describe('a watching terminal', () => {
  it('resumes after the last cursor that it got, and tells no event twice', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [subscribed, event(1), event(2)], close: 4430 }),
      () => ({ say: [subscribed, event(2), event(2), event(3)] }),
    );
    const { told } = watching();
    await expect.poll(() => told).toEqual(['e1', 'e2', 'e3']);
    expect(asked.map(({ after }) => after)).toEqual([undefined, 'c0', 'c2']);
    expect(asked.map(({ token }) => token)).toEqual(['t1', 't1', 't1']);
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
    expect(asked.map(({ token }) => token)).toEqual(['t1', 't2', 't2', 't3']);
  });

  it('ends when a new token is refused as well', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 4401 }),
      () => ({ say: [problem(401, 'UNAUTHORIZED', false)] }),
    );
    expect(await watching().ended).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(asked.map(({ token }) => token)).toEqual(['t1', 't2']);
  });

  it('ends when a given token has expired', async () => {
    scripts.push(() => ({ say: [subscribed], close: 4401 }));
    expect(await watching({ renewsToken: false }).ended).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('tries again what may pass, and ends at what may not', async () => {
    scripts.push(
      () => ({ say: [subscribed], close: 1001 }),
      () => ({ say: [problem(503, 'SERVICE_UNAVAILABLE', true)] }),
      () => ({ say: [subscribed, problem(404, 'NOT_FOUND', false)] }),
    );
    expect(await watching().ended).toMatchObject({ code: 'NOT_FOUND' });
    expect(asked).toHaveLength(3);
  });
});
