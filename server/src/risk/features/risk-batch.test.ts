import { describe, expect, it } from 'vitest';
import { lenderOf, loanOf, unitsOf } from '../../testing/app/domain-fixtures.ts';
import { riskBatchOf } from './risk-batch.ts';

describe('riskBatchOf', () => {
  const loan = loanOf({ borrowerName: 'Ana', purpose: 'a boat', amount: unitsOf(9000) });
  const [tom, mia] = [lenderOf('tom', { name: 'Tom' }), lenderOf('mia', { contribution: unitsOf(70) })];

  it('takes the invitations of a commit, in their order, with what their mails show of the sender', () => {
    const events = [
      { type: 'lender.expired', lender: tom },
      { type: 'lender.invited', lender: tom },
      { type: 'lender.invited', lender: mia },
    ] as const;
    expect(riskBatchOf({ at: 5, loan, events })).toEqual({
      at: 5,
      senderName: 'Ana',
      purpose: 'a boat',
      loanAmount: 9000,
      invitations: [
        { email: 'tom@example.com', name: 'Tom', contribution: 500_000, at: 5 },
        { email: 'mia@example.com', name: null, contribution: 70, at: 5 },
      ],
    });
  });

  it('is undefined for a commit that invites nobody', () => {
    expect(riskBatchOf({ at: 5, loan, events: [{ type: 'lender.accepted', lender: tom }] })).toBeUndefined();
  });
});
