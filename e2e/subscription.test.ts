import { afterEach, beforeEach, expect, it } from 'vitest';
import { graphQlClient, watch } from '../server/src/testing/api/graphql-ws.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { type Program, signIn, start, temporaryFolder } from './program.ts';

/* GraphQL's subscription at the real program, by the client that integrators have. */

const SOON = { timeout: 20_000, interval: 50 };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Program;

beforeEach(async () => {
  folder = await temporaryFolder();
  server = await start(folder.path);
});

afterEach(async () => {
  await server.kill();
  await folder.remove();
});

it('is told on through a restart of the server, without loss', async () => {
  const borrower = await signIn(server.url, 'owner@example.com');
  const loanId = await borrower.postsLoan(LOAN);
  const variables: Record<string, unknown> = { loanId };
  const mayReturn = Promise.withResolvers<void>();
  const client = graphQlClient(server.url, borrower, {
    retryAttempts: 1,
    retryWait: () => mayReturn.promise,
  });
  const watched = watch(client, variables);
  await expect.poll(() => watched.results.length, SOON).toBe(1);
  const invite = (name: string) =>
    borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: `${name}@example.com`, contribution_amount: 1 }] });
  await invite('ana');
  await expect.poll(watched.events, SOON).toEqual(['lender.invited ana']);
  variables['after'] = watched.payloads().at(-1).cursor;

  const { port } = new URL(server.url);
  expect(await server.stop()).toBe(0); // also while somebody watches
  server = await start(folder.path, { PORT: port });
  await invite('ben');
  mayReturn.resolve();
  await expect.poll(watched.events, SOON).toEqual(['lender.invited ana', 'lender.invited ben']);
});
