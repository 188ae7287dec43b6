import type { Invitation, Loan } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { sortInbox } from './sort-inbox.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const TERMS = { amount: 1000, currency: 'USD', interest_rate: 4.5, term_months: 12, purpose: null } as const;

function loan(id: string, status: Loan['status'], remaining: number): Loan {
  const totals = { total_invited: 1000 - remaining, total_accepted: 0, remaining, lender_count: 1, version: 1 };
  return { loan_id: id, ...TERMS, ...totals, status, created_at: '2026-03-01T09:00:00Z' };
}

function invitation(id: string, status: Invitation['status'], day: number, loanStatus: Loan['status'] = 'open'): Invitation {
  return {
    loan_id: id,
    lender_id: id,
    email: 'ann@example.com',
    contribution_amount: 100,
    status,
    invited_at: '2026-02-01T09:00:00Z',
    expires_at: `2026-03-${String(day).padStart(2, '0')}T09:00:00Z`,
    loan: { ...TERMS, status: loanStatus, total_accepted: 0 },
    borrower: { email: 'bo@example.com', name: null },
  };
}

const idsOf = (rows: readonly { readonly loan_id: string }[]) => rows.map(({ loan_id }) => loan_id).join();

describe('sortInbox', () => {
  it('has invitations to answer apart, those that end first above', () => {
    const inbox = sortInbox([], [invitation('late', 'pending', 20), invitation('soon', 'pending', 2)], NOW);
    expect(idsOf(inbox.toAnswer)).toBe('soon,late');
  });

  it('counts only pending invitations of open loans as to answer', () => {
    const all = [
      invitation('accepted', 'accepted', 20),
      invitation('funded', 'accepted', 20, 'funded'),
      invitation('declined', 'declined', 20),
      invitation('past', 'pending', 1),
      invitation('gone', 'accepted', 20, 'cancelled'),
    ];
    const inbox = sortInbox([], all, NOW);
    expect([idsOf(inbox.toAnswer), idsOf(inbox.lending), idsOf(inbox.endedInvitations)]).toEqual([
      '',
      'accepted,funded',
      'declined,past,gone',
    ]);
  });

  it('has loans with free amounts above those that wait, and funded and cancelled ones apart', () => {
    const inbox = sortInbox(
      [loan('full', 'open', 0), loan('free', 'open', 1), loan('done', 'funded', 0), loan('gone', 'cancelled', 0)],
      [],
      NOW,
    );
    expect([idsOf(inbox.open), idsOf(inbox.funded), idsOf(inbox.endedLoans)]).toEqual(['free,full', 'done', 'gone']);
  });
});
