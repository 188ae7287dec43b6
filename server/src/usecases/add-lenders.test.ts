import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, lenders, openLab, type Person } from '../testing/lab.ts';

describe('adding lenders', () => {
  let lab: Lab;
  let borrower: Person;
  let loanId: string;
  let path: string;

  beforeEach(async () => {
    lab = await openLab();
    borrower = await lab.as('borrower@example.com');
    loanId = await borrower.postsLoan();
    path = `/loans/${loanId}/lenders`;
  });

  afterEach(() => lab.close());

  it('invites them all and answers with the totals', async () => {
    const { status, body } = await borrower.post(path, {
      lenders: [
        { email: ' Ana@Example.com', contribution_amount: 5000, name: 'Ana' },
        { email: 'ben@example.com', contribution_amount: '2500.50' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      loan_id: loanId,
      lenders_added: 2,
      total_invited: 7500.5,
      loan_amount: 20_000,
      remaining: 12_499.5,
      currency: 'USD',
      lenders: [
        {
          lender_id: expect.stringMatching(/^[\w-]{22}$/),
          email: 'ana@example.com',
          name: 'Ana',
          contribution_amount: 5000,
          status: 'pending',
          invited_at: '2026-03-01T09:15:00.000Z',
          expires_at: '2026-03-31T09:15:00.000Z',
        },
        expect.objectContaining({ email: 'ben@example.com', contribution_amount: 2500.5 }),
      ],
    });
  });

  it('allows exactly what remains, and not a cent more', async () => {
    const over = await borrower.post(path, { lenders: [{ email: 'ana@example.com', contribution_amount: '20000.01' }] });
    expect(over.body.details).toMatchObject([{ path: 'lenders', code: 'OVER_FUNDING' }]);
    expect(over.body.message).toContain('amount 20000.00 USD, invited 0.00 USD, requested 20000.01 USD, remaining 20000.00 USD');
    const full = await borrower.post(path, { lenders: lenders(2, 10_000) });
    expect(full.body.remaining).toBe(0);
  });
});
