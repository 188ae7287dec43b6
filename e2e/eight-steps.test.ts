import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, call, signIn } from './http-client.ts';

/* The manual checks of the report on the earlier system, against the real program on each engine. */

describe.each(engines)('eight steps of the report on $name', ({ settings }) => {
  let work: Workplace;
  let server: Served;
  let borrower: Client;
  let loanId: string;
  const three = { lenders: [1, 2, 3].map((n) => ({ email: `lender${n}@example.com`, contribution_amount: 5000 })) };

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve(await settings());
    borrower = await signIn(server.url, 'owner@example.com');
    loanId = await borrower.postsLoan();
  });

  afterAll(async () => {
    expect((await server.stop()).code).toBe(0);
    await work.close();
  });

  const add = (body: unknown, headers?: Record<string, string>) => borrower.post(`/loans/${loanId}/lenders`, body, headers);

  it('1: adds three lenders', async () => {
    const { status, body } = await add(three);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, loan_id: loanId, lenders_added: 3, total_invited: 15_000, loan_amount: 20_000 });
    expect(body).toMatchObject({ remaining: 5000, currency: 'USD' });
  });

  it('2: rejects a lender who has already been invited', async () => {
    const { status, body } = await add({ lenders: [{ email: 'Lender2@Example.com', contribution_amount: 100 }] });
    expect([status, body.error]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.message).toBe('lender2@example.com has already been invited to this loan');
  });

  it('3: rejects a borrower who invites themselves', async () => {
    const { status, body } = await add({ lenders: [{ email: 'OWNER@example.com', contribution_amount: 100 }] });
    expect([status, body.details[0].code]).toEqual([400, 'SELF_INVITATION']);
  });

  it('4: rejects over-funding, with all amounts in the message', async () => {
    const { status, body } = await add({ lenders: [{ email: 'rich@example.com', contribution_amount: 5000.01 }] });
    expect([status, body.details[0].code]).toEqual([400, 'OVER_FUNDING']);
    for (const figure of ['20000.00 USD', '15000.00 USD', '5000.01 USD', '5000.00 USD']) expect(body.message).toContain(figure);
  });

  it('5: rejects more than twenty lenders in a request', async () => {
    const many = Array.from({ length: 21 }, (_, n) => ({ email: `many${n}@example.com`, contribution_amount: 1 }));
    const { status, body } = await add({ lenders: many });
    expect(status).toBe(400);
    expect(body.message).toBe(
      'Cannot add more than 20 lenders per request. You provided 21 lenders. Please split into multiple requests.',
    );
  });

  it('6: replays the first response for a repeated key, byte for byte', async () => {
    const request = { lenders: [{ email: 'lender4@example.com', contribution_amount: 1000 }] };
    const first = await add(request, { 'X-Idempotency-Key': 'step-6' });
    const repeat = await add(request, { 'X-Idempotency-Key': 'step-6' });
    expect([first.status, repeat.status]).toEqual([200, 200]);
    expect(repeat.text).toBe(first.text);
    expect(repeat.headers.get('Idempotency-Replayed')).toBe('true');
    expect(repeat.headers.get('Idempotency-Original-Request-Id')).toBe(first.headers.get('X-Request-Id'));
    expect(repeat.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
  });

  it('7: returns the loan with the totals of the steps before', async () => {
    const { body } = await borrower.get(`/loans/${loanId}`);
    expect(body.loan).toMatchObject({ total_invited: 16_000, remaining: 4000, lender_count: 4, status: 'open', version: 3 });
    const { lenders } = (await borrower.get(`/loans/${loanId}/lenders`)).body;
    expect(lenders.map((lender: { email: string }) => lender.email).sort((a: string, b: string) => a.localeCompare(b))).toEqual(
      [1, 2, 3, 4].map((n) => `lender${n}@example.com`),
    );
  });

  it('8: publishes metrics of all steps', async () => {
    const { text } = await call(server.url, undefined, 'GET', '/metrics');
    expect(text).toContain('lenders_added_total{endpoint="AddLenders"} 4');
    expect(text).toContain('api_errors_total{endpoint="AddLenders",error_type="ValidationError"} 4');
    expect(text).toContain('api_latency_milliseconds_count{endpoint="AddLenders",status="Success"} 3');
    expect(text).toContain('api_latency_milliseconds_count{endpoint="AddLenders",status="Error"} 4');
    expect(text).toMatch(/store_calls_total\{verb="commit"\} \d+/);
  });
});
