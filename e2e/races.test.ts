import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestResponse } from '../server/src/testing/app/response.ts';
import { openWorkplace, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, signIn } from './http-client.ts';

/* Concurrent requests to one server, and to two on the same store. */

const SETTINGS = { INVITES_PER_HOUR: '100000', REQUESTS_PER_SECOND: '0' };

function countStatuses(responses: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Retries a request that lost too many races. */
async function withRetries(send: () => Promise<TestResponse>): Promise<TestResponse> {
  let response = await send();
  for (let retries = 0; retries < 49 && response.status === 503; retries += 1) response = await send();
  return response;
}

describe.each(engines)('concurrent requests on $name', { timeout: 120_000 }, ({ settings }) => {
  let work: Workplace;
  let borrower: Client;

  beforeAll(async () => {
    work = openWorkplace();
    const { url } = await work.serve({ ...SETTINGS, ...(await settings()) });
    borrower = await signIn(url, 'owner@example.com');
  });

  afterAll(() => work.close());

  it('200 concurrent requests fund a loan for 100 exactly', async () => {
    const loanId = await borrower.postsLoan({ amount: 1000 });
    const responses = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: `racer${n}@example.com`, contribution_amount: 10 }] }),
      ),
    );
    expect(countStatuses(responses)).toEqual({ 200: 100, 400: 100 });
    const { loan } = (await borrower.get(`/loans/${loanId}`)).body;
    expect(loan).toMatchObject({ total_invited: 1000, remaining: 0, lender_count: 100, version: 101 });
    for (const { status, body } of responses) if (status === 400) expect(body.details[0].code).toBe('OVER_FUNDING');
  });

  it('100 concurrent requests with one key have one effect and the same response', async () => {
    const loanId = await borrower.postsLoan();
    const request = { lenders: [{ email: 'once@example.com', contribution_amount: 10 }] };
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => borrower.post(`/loans/${loanId}/lenders`, request, { 'Idempotency-Key': 'the-same' })),
    );
    expect(countStatuses(responses)).toEqual({ 200: 100 });
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers.has('Idempotency-Replayed'))).toHaveLength(99);
    expect(new Set(responses.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(100);
    const { events } = (await borrower.get(`/loans/${loanId}/events`)).body;
    expect(events.map((event: { type: string }) => event.type)).toEqual(['loan.created', 'lender.invited']);
  });

  it('100 concurrent posts of a loan with one key create one loan', async () => {
    const loan = { amount: 500, interest_rate: 1, term_months: 6, purpose: 'once' };
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => borrower.post('/loans', loan, { 'Idempotency-Key': '"one loan"' })),
    );
    expect(countStatuses(responses)).toEqual({ 201: 100 });
    expect(new Set(responses.map(({ headers }) => headers.get('Location'))).size).toBe(1);
  });
});

describe.each(engines)('two servers on one store, $name', { timeout: 120_000 }, ({ settings }) => {
  it('two servers fund a loan exactly, and a key that both receive has one effect', async () => {
    const work = openWorkplace();
    onTestFinished(() => work.close());
    const shared = { ...SETTINGS, ...(await settings()) };
    const servers = [await work.serve(shared), await work.serve(shared)] as const;
    const owner = await signIn(servers[0].url, 'owner@example.com');
    const clients = [owner.at(servers[0].url), owner.at(servers[1].url)] as const;
    const loanId = await owner.postsLoan({ amount: 400 });
    const path = `/loans/${loanId}/lenders`;

    const responses = await Promise.all(
      Array.from({ length: 80 }, (_, n) => {
        const request = { lenders: [{ email: `racer${n}@example.com`, contribution_amount: 10 }] };
        return withRetries(() => clients[n % 2 === 0 ? 0 : 1].post(path, request, { 'Idempotency-Key': `${n}` }));
      }),
    );
    expect(countStatuses(responses)).toEqual({ 200: 40, 400: 40 });
    expect((await owner.get(`/loans/${loanId}`)).body.loan).toMatchObject({ remaining: 0, lender_count: 40, version: 41 });

    const other = await owner.postsLoan();
    const request = { lenders: [{ email: 'once@example.com', contribution_amount: 10 }] };
    const repeats = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        withRetries(() => clients[n % 2 === 0 ? 0 : 1].post(`/loans/${other}/lenders`, request, { 'Idempotency-Key': 'both' })),
      ),
    );
    expect(new Set(repeats.map(({ text }) => text)).size).toBe(1);
  });
});
