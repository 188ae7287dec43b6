import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { THROTTLED } from './errors.ts';
import { heldRequest, respondWith } from './faults.ts';
import { ANY, type DynamoDbProxy, passThrough, startDynamoDbProxy } from './proxy.ts';

/** A database that says what it was sent. */
const echo = createServer(async (incoming, response) => {
  const sent = await text(incoming);
  response.setHeader('x-amz-crc32', '7').end(`{"heard":${JSON.stringify([incoming.headers['x-amz-target'], sent])}}`);
});

let proxy: DynamoDbProxy;

beforeEach(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startDynamoDbProxy(`http://127.0.0.1:${Object(echo.address()).port}`);
});

afterEach(async () => {
  await proxy.stop();
  echo.close();
});

function send(operation: string, body = '{}'): Promise<Response> {
  return fetch(proxy.endpoint, { method: 'POST', body, headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` } });
}

describe('the proxy before DynamoDB', () => {
  it('passes on what comes, byte for byte, and keeps it', async () => {
    const body = '{ "Key" : "añ" }';
    const answer = await send('GetItem', body);
    expect(await answer.json()).toEqual({ heard: ['DynamoDB_20120810.GetItem', body] });
    expect(answer.headers.get('x-amz-crc32')).toBe('7');
    expect(proxy.requests).toMatchObject([
      { operation: 'GetItem', text: body, bytes: 17, body: { Key: 'añ' }, told: { status: 200 } },
    ]);
  });

  it('treats the next requests of an operation one after the other, and then as always', async () => {
    const refuse = respondWith(THROTTLED);
    proxy.next('Query', refuse, passThrough, refuse);
    const ofQueries: number[] = [];
    for (let sent = 0; sent < 4; sent += 1) ofQueries.push((await send('Query')).status);
    expect([ofQueries, (await send('GetItem')).status]).toEqual([[400, 200, 400, 200], 200]);
    proxy.always(ANY, refuse);
    proxy.next('Query', passThrough);
    expect([(await send('GetItem')).status, (await send('Query')).status, (await send('Query')).status]).toEqual([400, 200, 400]);
    proxy.clear();
    expect([(await send('GetItem')).status, proxy.requests.length]).toEqual([200, 1]);
    proxy.next(ANY, refuse);
    expect([(await send('GetItem')).status, (await send('GetItem')).status]).toEqual([400, 200]);
  });

  it('holds a request back until it is let go', async () => {
    const { treatment, arrived, release } = heldRequest();
    proxy.next('Query', treatment);
    const answer = send('Query');
    await arrived;
    expect((await send('GetItem')).status).toBe(200);
    expect(proxy.sent('Query')[0]?.told).toBeUndefined();
    release();
    expect((await answer).status).toBe(200);
  });

  it('takes so much longer as it is told to', async () => {
    proxy.latency(80);
    const began = performance.now();
    await Promise.all([send('Query'), send('Query')]);
    expect(performance.now() - began).toBeGreaterThan(75);
  });

  it('is gone and comes back under the same address', async () => {
    await proxy.shut();
    await expect(send('Query')).rejects.toThrow();
    await proxy.reopen();
    expect((await send('Query')).status).toBe(200);
  });

  it('tells in the end of a treatment that failed', async () => {
    const failing = await startDynamoDbProxy(proxy.endpoint);
    failing.next('Query', () => Promise.reject(new Error('a mistake of the test')));
    const context = fetch(failing.endpoint, { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.Query' } });
    await expect(context).rejects.toThrow();
    await expect(failing.stop()).rejects.toMatchObject({ errors: [{ message: 'a mistake of the test' }] });
  });
});
