import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { THROTTLED } from './errors.ts';
import { holdRequest, respondWith } from './faults.ts';
import { ANY, type DynamoDbProxy, passThrough, startDynamoDbProxy } from './proxy.ts';

/** A database that responds with the request. */
const echo = createServer(async (incoming, response) => {
  const received = await text(incoming);
  response.setHeader('x-amz-crc32', '7').end(`{"received":${JSON.stringify([incoming.headers['x-amz-target'], received])}}`);
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

async function statusesOf(...operations: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const operation of operations) statuses.push((await send(operation)).status);
  return statuses;
}

describe('the DynamoDB proxy', () => {
  it('forwards requests byte for byte, and records them', async () => {
    const body = '{ "Key" : "añ" }';
    const response = await send('GetItem', body);
    expect(await response.json()).toEqual({ received: ['DynamoDB_20120810.GetItem', body] });
    expect(response.headers.get('x-amz-crc32')).toBe('7');
    expect(proxy.requests).toMatchObject([{ operation: 'GetItem', text: body, body: { Key: 'añ' }, response: { status: 200 } }]);
  });

  it('applies the rules of `next` to one request each, then that of `always`', async () => {
    const reject = respondWith(THROTTLED);
    proxy.next('Query', reject, passThrough, reject);
    expect(await statusesOf('Query', 'Query', 'Query', 'Query', 'GetItem')).toEqual([400, 200, 400, 200, 200]);
    proxy.always(ANY, reject);
    proxy.next('Query', passThrough);
    expect(await statusesOf('GetItem', 'Query', 'Query')).toEqual([400, 200, 400]);
    proxy.clear();
    expect([await statusesOf('GetItem'), proxy.requests.length]).toEqual([[200], 1]);
    proxy.next(ANY, reject);
    expect(await statusesOf('GetItem', 'GetItem')).toEqual([400, 200]);
  });

  it('holds a request until it is released', async () => {
    const { rule, arrived, release } = holdRequest();
    proxy.next('Query', rule);
    const query = send('Query');
    await arrived;
    expect((await send('GetItem')).status).toBe(200);
    expect(proxy.sent('Query')[0]?.response).toBeUndefined();
    release();
    expect((await query).status).toBe(200);
  });

  it('adds latency to every request', async () => {
    proxy.latency(80);
    const began = performance.now();
    await Promise.all([send('Query'), send('Query')]);
    expect(performance.now() - began).toBeGreaterThan(75);
  });

  it('stops listening, and listens on the same port again', async () => {
    await proxy.shut();
    await expect(send('Query')).rejects.toThrow();
    await proxy.reopen();
    expect((await send('Query')).status).toBe(200);
  });

  it('reports the errors of rules when it stops', async () => {
    const failing = await startDynamoDbProxy(proxy.endpoint);
    failing.next('Query', () => Promise.reject(new Error('a mistake of the test')));
    const response = fetch(failing.endpoint, { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.Query' } });
    await expect(response).rejects.toThrow();
    await expect(failing.stop()).rejects.toMatchObject({ errors: [{ message: 'a mistake of the test' }] });
  });
});
