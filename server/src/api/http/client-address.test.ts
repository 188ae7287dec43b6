import { afterEach, describe, expect, it } from 'vitest';
import { frozenTime } from '../../testing/app/fake-time.ts';
import { sendRequest } from '../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';

/* Whose rate a request spends is how the client's address shows. */

const PROXY = '10.0.0.9';
const CLIENT = '203.0.113.7';

let testApp: TestApp;

afterEach(() => testApp.close());

async function behind(trustedHops: number): Promise<void> {
  testApp = await openTestApp({ config: { requestsPerSecond: 5, trustedHops } });
}

/** How many requests the client has left after one more. */
async function left(forwardedFor: string | undefined, from = PROXY): Promise<number> {
  const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
  const answer = await sendRequest(testApp, '/openapi.json', { from, headers });
  return Number(/r=(\d+)/.exec(answer.headers.get('RateLimit') ?? '')?.[1]);
}

describe('the client’s address', () => {
  frozenTime();

  it('is the connection’s where no proxy is trusted, whatever the headers say', async () => {
    await behind(0);
    expect([await left('1.1.1.1'), await left('2.2.2.2'), await left(undefined)]).toEqual([9, 8, 7]);
    expect(await left(undefined, CLIENT)).toBe(9);
  });

  it('is what our one proxy saw, not what the client told it', async () => {
    await behind(1);
    expect([await left(CLIENT), await left(`1.1.1.1, ${CLIENT}`), await left(`2.2.2.2,1.1.1.1 ,${CLIENT} `)]).toEqual([9, 8, 7]);
    expect(await left(`${CLIENT}, 198.51.100.1`)).toBe(9);
  });

  it('is what the outer of our two proxies saw', async () => {
    await behind(2);
    expect([await left(`${CLIENT}, ${PROXY}`), await left(`1.1.1.1, ${CLIENT}, 10.0.0.8`)]).toEqual([9, 8]);
    expect(await left(`1.1.1.1, 198.51.100.1, ${PROXY}`)).toBe(9);
  });

  it('is the connection’s where the request did not come through the proxies', async () => {
    await behind(2);
    expect([await left(undefined), await left('1.1.1.1'), await left('')]).toEqual([9, 8, 7]);
  });

  it('is the connection’s where the proxy names nobody', async () => {
    await behind(1);
    expect([await left(undefined), await left(''), await left(`${CLIENT}, `)]).toEqual([9, 8, 7]);
    expect(await left('', CLIENT)).toBe(9);
  });
});
