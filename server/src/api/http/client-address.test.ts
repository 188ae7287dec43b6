import { afterEach, describe, expect, it } from 'vitest';
import { frozenTime } from '../../testing/app/fake-time.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';

/* The address is observed through the rate limit that a request counts against. */

const PROXY = '10.0.0.9';
const CLIENT = '203.0.113.7';

let testApp: TestApp;

afterEach(() => testApp.close());

async function openBehind(trustedHops: number): Promise<void> {
  testApp = await openTestApp({ config: { requestsPerSecond: 5, trustedHops } });
}

/** Sends a request. @returns how many more the client may send */
async function remaining(forwardedFor: string | undefined, from = PROXY): Promise<number> {
  const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
  const response = await testApp.send('GET', '/openapi.json', { from, headers });
  return Number(/r=(\d+)/.exec(response.headers.get('RateLimit') ?? '')?.[1]);
}

describe('clientAddress', () => {
  frozenTime();

  it('uses the peer’s address where no proxy is trusted', async () => {
    await openBehind(0);
    expect([await remaining('1.1.1.1'), await remaining('2.2.2.2'), await remaining(undefined)]).toEqual([9, 8, 7]);
    expect(await remaining(undefined, CLIENT)).toBe(9);
  });

  it('uses the address that the trusted proxy added, not what the client sent', async () => {
    await openBehind(1);
    expect([
      await remaining(CLIENT),
      await remaining(`1.1.1.1, ${CLIENT}`),
      await remaining(`2.2.2.2,1.1.1.1 ,${CLIENT} `),
    ]).toEqual([9, 8, 7]);
    expect(await remaining(`${CLIENT}, 198.51.100.1`)).toBe(9);
  });

  it('uses the address that the outer of two trusted proxies added', async () => {
    await openBehind(2);
    expect([await remaining(`${CLIENT}, ${PROXY}`), await remaining(`1.1.1.1, ${CLIENT}, 10.0.0.8`)]).toEqual([9, 8]);
    expect(await remaining(`1.1.1.1, 198.51.100.1, ${PROXY}`)).toBe(9);
  });

  it('uses the peer’s address where X-Forwarded-For has fewer entries than trusted proxies', async () => {
    await openBehind(2);
    expect([await remaining(undefined), await remaining('1.1.1.1'), await remaining('')]).toEqual([9, 8, 7]);
  });

  it('counts entries that are no address as the peer’s', async () => {
    await openBehind(1);
    const garbage = ['unknown', '_hidden', 'a', 'b', `${CLIENT}, x`, `${CLIENT};y`, '1.2.3', '9'.repeat(5000)];
    const counts = [];
    for (const entry of garbage) counts.push(await remaining(entry));
    expect(counts).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
    expect(await remaining(undefined)).toBe(1);
  });

  it('counts all spellings of an address, and all addresses of a /64, as one client', async () => {
    await openBehind(1);
    expect([await remaining(CLIENT), await remaining(`${CLIENT}:50000`), await remaining(`::ffff:${CLIENT}`)]).toEqual([9, 8, 7]);
    expect([await remaining('[2001:db8::1]:443'), await remaining('2001:db8::2'), await remaining('2001:DB8::3%e0')]).toEqual([
      9, 8, 7,
    ]);
    expect(await remaining('2001:db8:0:1::1')).toBe(9);
  });

  it('counts all addresses of a peer’s /64 as one client', async () => {
    await openBehind(0);
    expect([await remaining(undefined, '2001:db8::1'), await remaining(undefined, '2001:db8::ffff')]).toEqual([9, 8]);
    expect([await remaining(undefined, CLIENT), await remaining(undefined, `::ffff:${CLIENT}`)]).toEqual([9, 8]);
  });

  it('uses the peer’s address where the proxy adds none', async () => {
    await openBehind(1);
    expect([await remaining(undefined), await remaining(''), await remaining(`${CLIENT}, `)]).toEqual([9, 8, 7]);
    expect(await remaining('', CLIENT)).toBe(9);
  });
});
