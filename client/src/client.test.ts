import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../../e2e/http-client.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { LendingClient } from './client.ts';
import { ApiError } from './errors.ts';

describe('LendingClient', () => {
  let work: Workplace;
  let server: Served;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve();
  });
  afterAll(() => work.close());

  async function signedIn(email: string): Promise<LendingClient> {
    const { token } = await signIn(server.url, email);
    return new LendingClient({ url: server.url, token });
  }

  it('creates a loan, then invites, changes, reminds and revokes its lenders', async () => {
    const ana = await signedIn('ana@example.com');
    const created = await ana.createLoan({ amount: 20_000, interest_rate: 4.5, term_months: 36 }).withResponse();
    expect(created).toMatchObject({ status: 201, isReplay: false, attempts: 1, location: `/loans/${created.data.loan.loan_id}` });
    const loanId = created.data.loan.loan_id;

    const lenders = ['ben', 'cem', 'dora'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
    const added = await ana.addLenders(loanId, { lenders }, { idempotencyKey: 'order-17' });
    expect(added.lenders_added).toBe(3);
    const repeat = await ana.addLenders(loanId, { lenders }, { idempotencyKey: 'order-17' }).withResponse();
    expect(repeat).toMatchObject({ data: added, isReplay: true });

    const listed = new Set<string>();
    for await (const lender of ana.listLenders(loanId, { limit: 2 })) listed.add(lender.email);
    expect(listed).toEqual(new Set(lenders.map(({ email }) => email)));

    const [first, second] = added.lenders.map(({ lender_id }) => lender_id);
    const changed = await ana.changeLender(loanId, first ?? '', { contribution_amount: 1000 });
    expect(changed.lender.contribution_amount).toBe(1000);
    expect((await ana.revokeLender(loanId, second ?? '')).lender.status).toBe('revoked');
    const error = await ana.remindLender(loanId, second ?? '').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'CONFLICT', status: 409, retryable: false, attempts: 1 });
    expect((await ana.remindLender(loanId, first ?? '').withResponse()).status).toBe(202);
  });

  it('lets lenders accept and decline, and the borrower close and cancel loans', async () => {
    const [ana, ben] = await Promise.all([signedIn('ana@example.com'), signedIn('ben@example.com')]);
    const terms = { amount: 100, interest_rate: 0, term_months: 1 };
    const lenders = [{ email: 'ben@example.com', contribution_amount: 40 }];
    const created = await Promise.all([ana.createLoan({ ...terms, lenders }), ana.createLoan({ ...terms, lenders })]);
    const [first = '', second = ''] = created.map(({ loan }) => loan.loan_id);

    const invited = new Set<string>();
    for await (const invitation of ben.listInvitations({ limit: 1, status: 'pending' })) invited.add(invitation.loan_id);
    expect([...invited]).toEqual(expect.arrayContaining([first, second]));
    expect((await ben.acceptInvitation(first)).invitation.status).toBe('accepted');
    expect((await ben.declineInvitation(second)).invitation.status).toBe('declined');
    expect((await ben.listLoans({ role: 'lender' })).loans.map(({ loan_id }) => loan_id)).toContain(first);

    expect((await ana.closeLoan(first)).loan).toMatchObject({ status: 'funded', total_accepted: 40 });
    expect((await ana.cancelLoan(second)).loan.status).toBe('cancelled');
    expect((await ana.readLoan(first)).loan.status).toBe('funded');

    const types: string[] = [];
    for await (const { type } of ana.readEvents(first, { limit: 1 })) types.push(type);
    expect(types).toEqual(['loan.created', 'lender.invited', 'lender.accepted', 'loan.closed']);
    const { events } = await ana.readEvents(first, { after: (await ana.readEvents(first, { limit: 1 })).next_cursor });
    expect(events.map(({ type }) => type)).toEqual(types.slice(1));
    const { next_cursor: end } = await ana.readEvents(first);
    const pages: unknown[] = [];
    for await (const page of ana.readEvents(first, { after: end }).pages()) pages.push(page);
    expect(pages).toEqual([{ success: true, events: [], next_cursor: end }]);
  });

  it('imports a CSV file of lenders', async () => {
    const ana = await signedIn('ana@example.com');
    const { loan } = await ana.createLoan({ amount: 100, interest_rate: 0, term_months: 1 });
    const { import: started } = await ana.importLenders(loan.loan_id, 'email,contribution_amount\ndora@example.com,40\nemil,5\n', {
      mode: 'per_row',
    });
    const status = async () => (await ana.readImport(loan.loan_id, started.import_id)).import.status;
    await expect.poll(status, { timeout: 10_000 }).toBe('completed');
    const outcomes: string[] = [];
    for await (const row of ana.listImportRows(loan.loan_id, started.import_id, { limit: 1 })) outcomes.push(row.outcome);
    expect(outcomes).toEqual(['added', 'invalid']);
    expect(await ana.exportImportRows(loan.loan_id, started.import_id)).toContain('dora@example.com');
  });
});
