import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultRule, type HostileServer, pass, startFaultyServer } from './faulty-server.ts';
import * as misbehaviours from './network-faults.ts';

/** A server that says what it was sent, and how often it was asked. */
let spec = 0;
const echo = createServer(async (incoming, response) => {
  spec += 1;
  const { host, connection, ...headers } = incoming.headers;
  const heard = { method: incoming.method, url: incoming.url, key: headers['idempotency-key'], body: await text(incoming) };
  response.setHeader('location', '/somewhere').end(JSON.stringify(heard));
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

let server: HostileServer;

beforeEach(async () => {
  spec = 0;
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

/** What a bare socket hears. */
function listen() {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const heard: { text: string; end: End } = { text: '', end: 'open' };
  socket.setEncoding('utf8').on('data', (data: string) => {
    heard.text += data;
  });
  socket.on('error', () => {
    heard.end = 'reset';
  });
  socket.on('end', () => {
    heard.end = 'ended';
  });
  return { heard, send: () => void socket.write(REQUEST), hangUp: () => socket.destroy() };
}

async function heardUnder(treatment: FaultRule): Promise<{ text: string; end: End }> {
  server.next(treatment);
  const { heard, send } = listen();
  send();
  await expect.poll(() => heard.end).not.toBe('open');
  return heard;
}

describe('the hostile server', () => {
  it('passes on what comes, and keeps it with what was said to it', async () => {
    const answer = await fetch(new URL('/loans?a=1', server.url), {
      method: 'POST',
      body: SENT,
      headers: { 'Idempotency-Key': 'k1' },
    });
    expect([await answer.text(), answer.headers.get('location')]).toEqual([ECHOED, '/somewhere']);
    expect(server.attempts).toMatchObject([
      { method: 'POST', path: '/loans?a=1', headers: { 'idempotency-key': 'k1' }, text: SENT, connection: 1 },
    ]);
    expect(server.attempts[0]?.told).toMatchObject({ status: 200, text: ECHOED });
  });

  it.each<[string, FaultRule, number, End, RegExp]>([
    ['a reset before the effect', misbehaviours.resetBefore, 0, 'reset', /^$/],
    ['a reset after the effect', misbehaviours.resetAfter, 1, 'reset', /^$/],
    ['half a head', misbehaviours.halfHead, 1, 'ended', /^HTTP\/1\.1 200 (?!.*\r\n\r\n).+$/s],
    ['a head only', misbehaviours.headOnly, 1, 'ended', /content-length: \d\d\r\n\r\n$/],
    ['half a body', misbehaviours.halfBody, 1, 'ended', /content-length: \d\d\r\n\r\n\{"method":"POST"[^}]*$/],
    ['half of the chunks', misbehaviours.halfChunked, 1, 'ended', /chunked\r\n\r\n[\da-f]+\r\n\{"method"[^}]*\r\n$/],
    ['chunks without an end', misbehaviours.unendedChunks, 1, 'ended', /chunked\r\n\r\n[\da-f]+\r\n\{[^}]*\}\r\n$/],
  ])('can do %s', async (_, treatment, effects, end, said) => {
    const heard = await heardUnder(treatment);
    expect(heard).toEqual({ text: expect.stringMatching(said), end });
    expect([spec, server.attempts.map(({ told }) => told !== undefined)]).toEqual([effects, [effects > 0]]);
  });

  it.each<[string, FaultRule, number]>([
    ['before the effect', misbehaviours.unanswered, 0],
    ['after it', misbehaviours.unheard, 1],
  ])('can be silent %s', async (_, treatment, effects) => {
    server.next(treatment);
    const { heard, send, hangUp } = listen();
    send();
    await expect.poll(() => [server.attempts.length, spec]).toEqual([1, effects]);
    await fetch(server.url); // ... and back: whatever was to come would have come
    expect(heard).toEqual({ text: '', end: 'open' });
    hangUp();
  });

  it.each<[string, FaultRule, RegExp]>([
    ['all of it', misbehaviours.dripping, /^HTTP/],
    ['its body', misbehaviours.drippingBody, /\r\n\r\n\{"m/],
  ])('can let an answer drip, %s, until the client hangs up', async (_, treatment, begin) => {
    server.next(treatment);
    const { heard, send, hangUp } = listen();
    send();
    await expect.poll(() => heard.text).toMatch(begin);
    expect(heard.text).not.toContain(ECHOED);
    hangUp();
  });

  it('can answer something else, before the effect and after it', async () => {
    const { answering, answeringAfter, page, problem } = misbehaviours;
    server.next(answering(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '3' })));
    server.next(answeringAfter(() => page(502)));
    const first = await fetch(server.url);
    expect([first.status, first.headers.get('retry-after'), spec]).toEqual([429, '3', 0]);
    expect(await first.json()).toMatchObject({ error: 'TOO_MANY_REQUESTS' });
    const second = await fetch(server.url);
    expect([second.status, await second.text(), spec]).toEqual([502, '<html><h1>502</h1></html>\n', 1]);
  });

  it('can ask for a pause by a clock that is hours off', async () => {
    const ahead = 5 * 60 * 60 * 1000;
    for (const skewMs of [ahead, -ahead]) {
      server.next(misbehaviours.pauseBySkewedClock(503, 7, skewMs));
      const { headers } = await fetch(server.url);
      const [date, until] = ['date', 'retry-after'].map((name) => Date.parse(headers.get(name) ?? ''));
      expect((until ?? 0) - (date ?? 0)).toBe(7000);
      expect(Math.round(((date ?? 0) - Date.now()) / 60_000)).toBe(skewMs / 60_000);
    }
  });

  it('can break an idle connection when it is used again', async () => {
    server.next(misbehaviours.brokenOnReuse);
    const { heard, send } = listen();
    send();
    await expect.poll(() => heard.text).toContain(ECHOED);
    expect(heard.end).toBe('open');
    send();
    await expect.poll(() => heard.end).toBe('reset');
    expect([spec, server.attempts.map(({ connection }) => connection)]).toEqual([1, [1, 1]]);
  });

  it('treats what comes next as it is told, and the rest as always', async () => {
    const { answering, page } = misbehaviours;
    const statuses = async (count: number) => {
      const answers: number[] = [];
      for (let sent = 0; sent < count; sent += 1) answers.push((await fetch(server.url)).status);
      return answers;
    };
    server.next(answering(page(502)), pass, answering(page(503)));
    server.always(answering(page(504)));
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

  it('tells in the end of a treatment that failed', async () => {
    const failing = await startFaultyServer(server.url);
    failing.next(() => Promise.reject(new Error('a mistake of the test')));
    await expect(fetch(failing.url)).rejects.toThrow();
    await expect(failing.stop()).rejects.toMatchObject({ errors: [{ message: 'a mistake of the test' }] });
  });
});
