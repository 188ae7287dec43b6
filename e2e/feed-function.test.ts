import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectFeed } from '../server/src/testing/api/feed.ts';
import { LOAN, lenders } from '../server/src/testing/app/test-app.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { startWebSocketApi } from '../server/src/testing/aws/websocket-api.ts';
import { endpoint, newTable } from '../server/src/testing/dynamodb/tables.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { OF_AWS, startApiFunction } from './api-function.ts';
import { type LambdaFunction, SOCKET, startFunction } from './lambda-function.ts';

/* The feed's function as it is uploaded, behind a WebSocket API, beside the API's function on the same table. */

let provider: IdentityProvider;
const started: Pick<LambdaFunction, 'stop'>[] = [];

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

afterEach(async () => {
  for (const each of started.splice(0)) await each.stop();
});

describe.skipIf(endpoint === undefined)('the feed’s function', () => {
  it('tells what the API’s function has changed, to who comes back too, and keeps tokens and addresses out of its log', async () => {
    const table = await newTable();
    const gateway = await startWebSocketApi();
    started.push({ stop: gateway.close }); // before the functions that it calls
    const socket = await startFunction(SOCKET, {
      ...{ ...OF_AWS, STORE: `dynamodb:${table}`, AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE },
      ...{ AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '', FEED_ENDPOINT: gateway.endpoint, REQUESTS_PER_SECOND: '0' },
    });
    const api = await startApiFunction(provider, table);
    started.push(socket, api);
    let before: Promise<unknown> = Promise.resolve();
    gateway.invokes((event) => {
      before = before.then(() => socket.invoke(event, INVOCATION));
      return before;
    });

    const { body } = await api.send('POST', '/loans', { body: LOAN });
    const loan: string = body.loan.loan_id;
    const client = await connectFeed(gateway.url);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    const { cursor } = await client.subscribe(api, loan);
    await client.ask({ type: 'unsubscribe', loan_id: loan });
    await api.send('POST', `/loans/${loan}/lenders`, { body: { lenders: lenders(3, 100) } });
    expect(await client.subscribe(api, loan, cursor)).toEqual({ type: 'subscribed', loan_id: loan, cursor });
    expect(await client.events(3)).toEqual(['lender.invited ann0', 'lender.invited ann1', 'lender.invited ann2']);

    expect(socket.stderr()).toBe('');
    expect(socket.lines().filter((line) => line.includes('"WatchLoan"'))).toHaveLength(2);
    expect(['@', ...api.token.split('.')].filter((secret) => socket.lines().join('').includes(secret))).toEqual([]);
  });
});
