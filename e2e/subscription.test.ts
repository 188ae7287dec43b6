import { afterEach, beforeEach, expect, it } from 'vitest';
import { graphQlClient, watch } from '../server/src/testing/api/graphql-ws.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { openWorkplace, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

/* GraphQL subscriptions of the real program, with the client of graphql-ws. */

const SOON = { timeout: 20_000, interval: 50 };

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

it('a GraphQL subscription resumes after a restart of the server without losing an event', async () => {
  const server = await work.serve();
  const borrower = await signIn(server.url, 'owner@example.com');
  const loanId = await borrower.postsLoan(LOAN);
  const variables: Record<string, unknown> = { loanId };
  const restarted = Promise.withResolvers<void>();
  const client = graphQlClient(server.url, borrower, {
    retryAttempts: 1,
    retryWait: () => restarted.promise,
  });
  const watched = watch(client, variables);
  await expect.poll(() => watched.results.length, SOON).toBe(1);
  const invite = (name: string) =>
    borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: `${name}@example.com`, contribution_amount: 1 }] });
  await invite('ana');
  await expect.poll(watched.events, SOON).toEqual(['lender.invited ana']);
  variables['after'] = watched.payloads().at(-1).cursor;

  const { port } = new URL(server.url);
  expect((await server.stop()).code).toBe(0); // also with an open subscription
  await work.serve({ PORT: port });
  await invite('ben');
  restarted.resolve();
  await expect.poll(watched.events, SOON).toEqual(['lender.invited ana', 'lender.invited ben']);
});
