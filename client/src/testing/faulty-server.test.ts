import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultRule, type FaultyServer, pass, startFaultyServer } from './faulty-server.ts';
import * as faults from './network-faults.ts';

/** An upstream that echoes its requests and counts them. */
let forwarded = 0;
const echo = createServer(async (incoming, response) => {
  forwarded += 1;
  const { method, url, headers } = incoming;
  const echoed = { method, url, key: headers['idempotency-key'], body: await text(incoming) };
  response.setHeader('location', '/somewhere').end(JSON.stringify(echoed));
});

const SENT = 'ask=añ';
const ECHOED = JSON.stringify({ method: 'POST', url: '/loans?a=1', key: 'k1', body: SENT });
const REQUEST = [
  'POST /loans?a=1 HTTP/1.1',
  'host: here',
  'idempotency-key: k1',
  `content-length: ${Buffer.byteLength(SENT)}`,
  '',
  SENT,
].join('\r\n');

let server: FaultyServer;

beforeEach(async () => {
  forwarded = 0;
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  server = await startFaultyServer(`http://127.0.0.1:${Object(echo.address()).port}`);
});

afterEach(async () => {
  await server.stop();
  echo.closeAllConnections();
  echo.close();
});

type End = 'reset' | 'ended' | 'open';

/** A raw client, and what it has received. */
function connectRaw() {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const received: { text: string; end: End } = { text: '', end: 'open' };
  socket.setEncoding('utf8').on('data', (data: string) => {
    received.text += data;
  });
  socket.on('error', () => {
    received.end = 'reset';
  });
  socket.on('end', () => {
    received.end = 'ended';
  });
  return { received, send: () => void socket.write(REQUEST), disconnect: () => socket.destroy() };
}

const responded = () => server.attempts.map(({ upstreamResponse }) => upstreamResponse !== undefined);

describe('faulty server', () => {
  it('forwards requests, and records them with the responses of the upstream', async () => {
    const response = await fetch(new URL('/loans?a=1', server.url), {
      method: 'POST',
      body: SENT,
      headers: { 'Idempotency-Key': 'k1' },
    });
    expect([await response.text(), response.headers.get('location')]).toEqual([ECHOED, '/somewhere']);
    expect(server.attempts).toMatchObject([
      { method: 'POST', path: '/loans?a=1', headers: { 'idempotency-key': 'k1' }, text: SENT, connection: 1 },
    ]);
    expect(server.attempts[0]?.upstreamResponse).toMatchObject({ status: 200, text: ECHOED });
  });

  it.each<[string, FaultRule, number, End, RegExp]>([
    ['a reset before the request is forwarded', faults.resetBeforeForward, 0, 'reset', /^$/],
    ['a reset after the request is forwarded', faults.resetAfterForward, 1, 'reset', /^$/],
    ['half a head', faults.halfHead, 1, 'ended', /^HTTP\/1\.1 200 (?!.*\r\n\r\n).+$/s],
    ['a head without a body', faults.headOnly, 1, 'ended', /content-length: \d\d\r\n\r\n$/],
    ['half a body', faults.halfBody, 1, 'ended', /content-length: \d\d\r\n\r\n\{"method":"POST"[^}]*$/],
    ['half of the chunks', faults.halfOfChunks, 1, 'ended', /chunked\r\n\r\n[\da-f]+\r\n\{"method"[^}]*\r\n$/],
    ['chunks without the last one', faults.noLastChunk, 1, 'ended', /chunked\r\n\r\n[\da-f]+\r\n\{[^}]*\}\r\n$/],
  ])('simulates %s', async (_, rule, effects, end, received) => {
    server.next(rule);
    const client = connectRaw();
    client.send();
    await expect.poll(() => client.received.end).not.toBe('open');
    expect(client.received).toEqual({ text: expect.stringMatching(received), end });
    expect([forwarded, responded()]).toEqual([effects, [effects > 0]]);
  });

  it.each<[string, FaultRule, number]>([
    ['before', faults.hangBeforeForward, 0],
    ['after', faults.hangAfterForward, 1],
  ])('simulates a hanging response %s the request is forwarded', async (_, rule, effects) => {
    server.next(rule);
    const { received, send, disconnect } = connectRaw();
    send();
    await expect.poll(() => [server.attempts.length, forwarded]).toEqual([1, effects]);
    await fetch(server.url); // a round trip, in which a response would have arrived
    expect(received).toEqual({ text: '', end: 'open' });
    disconnect();
  });

  it.each<[string, FaultRule, RegExp]>([
    ['response', faults.slowResponse, /^HTTP/],
    ['body', faults.slowBody, /\r\n\r\n\{"m/],
  ])('sends a %s byte by byte until the client disconnects', async (_, rule, begin) => {
    server.next(rule);
    const { received, send, disconnect } = connectRaw();
    send();
    await expect.poll(() => received.text).toMatch(begin);
    expect(received.text).not.toContain(ECHOED);
    disconnect();
  });

  it('responds in place of the upstream, without forwarding or after it', async () => {
    const { replaceResponse, page, problem, respond } = faults;
    server.next(respond(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '3' })));
    server.next(replaceResponse(() => page(502)));
    const first = await fetch(server.url);
    expect([first.status, first.headers.get('retry-after'), forwarded]).toEqual([429, '3', 0]);
    expect(await first.json()).toMatchObject({ error: 'TOO_MANY_REQUESTS' });
    const second = await fetch(server.url);
    expect([second.status, await second.text(), forwarded]).toEqual([502, '<html><h1>502</h1></html>\n', 1]);
  });

  it('sends Retry-After as a date of a clock that is hours off', async () => {
    const ahead = 5 * 60 * 60 * 1000;
    for (const skewMs of [ahead, -ahead]) {
      server.next(faults.retryAfterBySkewedClock(503, 7, skewMs));
      const { headers } = await fetch(server.url);
      const [date, until] = ['date', 'retry-after'].map((name) => Date.parse(headers.get(name) ?? ''));
      expect((until ?? 0) - (date ?? 0)).toBe(7000);
      expect(Math.round(((date ?? 0) - Date.now()) / 60_000)).toBe(skewMs / 60_000);
    }
  });

  it('resets an idle connection when it is reused', async () => {
    server.next(faults.resetOnReuse);
    const { received, send } = connectRaw();
    send();
    await expect.poll(() => received.text).toContain(ECHOED);
    expect(received.end).toBe('open');
    send();
    await expect.poll(() => received.end).toBe('reset');
    expect([forwarded, server.attempts.map(({ connection }) => connection)]).toEqual([1, [1, 1]]);
  });

  it('applies queued rules to the next requests, and the default rule to the others', async () => {
    const { page, respond } = faults;
    const statuses = async (count: number) => {
      const received: number[] = [];
      for (let sent = 0; sent < count; sent += 1) received.push((await fetch(server.url)).status);
      return received;
    };
    server.next(respond(page(502)), pass, respond(page(503)));
    server.always(respond(page(504)));
    expect(await statuses(4)).toEqual([502, 200, 503, 504]);
    server.clear();
    expect([await statuses(1), server.attempts.length]).toEqual([[200], 1]);
  });

  it('counts the connections that it breaks while it is down', async () => {
    await fetch(server.url);
    server.goDown();
    await expect(fetch(server.url)).rejects.toThrow();
    expect([server.connections, server.attempts.length]).toEqual([2, 1]);
    server.comeBack();
    expect([(await fetch(server.url)).status, server.connections]).toEqual([200, 3]);
  });

  it('throws the errors of its rules when it is stopped', async () => {
    const failing = await startFaultyServer(server.url);
    failing.next(() => Promise.reject(new Error('a mistake of the test')));
    await expect(fetch(failing.url)).rejects.toThrow();
    await expect(failing.stop()).rejects.toMatchObject({ errors: [{ message: 'a mistake of the test' }] });
  });
});
