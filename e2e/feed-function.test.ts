import { describe, expect, it, onTestFinished } from 'vitest';
import { connectFeed } from '../server/src/testing/api/feed.ts';
import { lenders } from '../server/src/testing/app/test-app.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { startWebSocketApi } from '../server/src/testing/aws/websocket-api.ts';
import { endpoint, newTable } from '../server/src/testing/dynamodb/tables.ts';
import { openDeployment } from './deployment.ts';

describe.skipIf(endpoint === undefined)('feed function as it is deployed', () => {
  it('sends events of the API function, resumes after a cursor, and logs no tokens or addresses', async () => {
    const deployment = await openDeployment(await newTable());
    const gateway = await startWebSocketApi();
    onTestFinished(async () => {
      await gateway.close(); // before the function that it invokes
      await deployment.close();
    });
    const socket = await deployment.start('socket', { FEED_ENDPOINT: gateway.endpoint });
    const api = await deployment.startApi();
    let previous: Promise<unknown> = Promise.resolve();
    gateway.state.invoke = (event) => {
      previous = previous.then(() => socket.invoke(event, INVOCATION));
      return previous;
    };

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
