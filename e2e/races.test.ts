import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../server/src/testing/app/response.ts';
import { engines } from './engines.ts';
import { type Client, type Program, signIn, start, temporaryFolder } from './program.ts';

/* Many at once, against one server and against two on the same store. */

const SETTINGS = { INVITES_PER_HOUR: '100000', REQUESTS_PER_SECOND: '0' };

function statuses(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Whoever lost too many races is told to come again, and does, though not for ever. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  let answer = await send();
  for (let tries = 1; tries < 50 && answer.status === 503; tries += 1) answer = await send();
  return answer;
}

describe.each(engines)('requests that race, on $name', ({ settings }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let program: Program;
  let borrower: Client;

  beforeAll(async () => {
    folder = await temporaryFolder();
    program = await start(folder.path, { ...SETTINGS, ...(await settings()) });
    borrower = await signIn(program.url, 'owner@example.com');
  });

  afterAll(async () => {
    await program.stop();
    await folder.remove();
  });

  it('fill a loan exactly and never over: 200 requests for 100 places', async () => {
    const loanId = await borrower.postsLoan({ amount: 1000 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: `racer${n}@example.com`, contribution_amount: 10 }] }),
      ),
    );
    expect(statuses(answers)).toEqual({ 200: 100, 400: 100 });
    const { loan } = (await borrower.get(`/loans/${loanId}`)).body;
    expect(loan).toMatchObject({ total_invited: 1000, remaining: 0, lender_count: 100, version: 101 });
    for (const { status, body } of answers) if (status === 400) expect(body.details[0].code).toBe('OVER_FUNDING');
  });

  it('have one effect and one answer, where 100 are the same request with one key', async () => {
    const loanId = await borrower.postsLoan();
    const request = { lenders: [{ email: 'once@example.com', contribution_amount: 10 }] };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => borrower.post(`/loans/${loanId}/lenders`, request, { 'Idempotency-Key': 'the-same' })),
    );
    expect(statuses(answers)).toEqual({ 200: 100 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.has('Idempotency-Replayed'))).toHaveLength(99);
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(100);
    const { events } = (await borrower.get(`/loans/${loanId}/events`)).body;
    expect(events.map((event: { type: string }) => event.type)).toEqual(['loan.created', 'lender.invited']);
  });

  it('make one loan, where 100 post the same one with one key', async () => {
    const loan = { amount: 500, interest_rate: 1, term_months: 6, purpose: 'once' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => borrower.post('/loans', loan, { 'Idempotency-Key': '"one loan"' })),
    );
    expect(statuses(answers)).toEqual({ 201: 100 });
    expect(new Set(answers.map(({ headers }) => headers.get('Location'))).size).toBe(1);
  });
});

describe.each(engines)('two servers on $name', ({ settings }) => {
  it('fill a loan exactly between them, and answer a key that both get with one effect', async () => {
    const folder = await temporaryFolder();
    const both = { ...SETTINGS, ...(await settings()) };
    const programs = [await start(folder.path, both), await start(folder.path, both)] as const;
    const owner = await signIn(programs[0].url, 'owner@example.com');
    const clients = [owner.at(programs[0].url), owner.at(programs[1].url)] as const;
    const loanId = await owner.postsLoan({ amount: 400 });
    const path = `/loans/${loanId}/lenders`;

    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, n) => {
        const request = { lenders: [{ email: `racer${n}@example.com`, contribution_amount: 10 }] };
        return insist(() => clients[n % 2 === 0 ? 0 : 1].post(path, request, { 'Idempotency-Key': `${n}` }));
      }),
    );
    expect(statuses(answers)).toEqual({ 200: 40, 400: 40 });
    expect((await owner.get(`/loans/${loanId}`)).body.loan).toMatchObject({ remaining: 0, lender_count: 40, version: 41 });

    const other = await owner.postsLoan();
    const request = { lenders: [{ email: 'once@example.com', contribution_amount: 10 }] };
    const repeats = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        insist(() => clients[n % 2 === 0 ? 0 : 1].post(`/loans/${other}/lenders`, request, { 'Idempotency-Key': 'both' })),
      ),
    );
    expect(new Set(repeats.map(({ text }) => text)).size).toBe(1);
    for (const program of programs) await program.stop();
    await folder.remove();
  });
});
