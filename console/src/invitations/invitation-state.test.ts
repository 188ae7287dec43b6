import type { Event, Invitation } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { chooseInvitation } from './choose-invitation.ts';
import { invitationState } from './invitation-state.ts';
import { cardText, shownStatus } from './shown-status.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');

function invitation(changes: Partial<Invitation> = {}, loanStatus: Invitation['loan']['status'] = 'open'): Invitation {
  return {
    loan_id: 'L',
    lender_id: 'A',
    email: 'ana@example.com',
    contribution_amount: 5000,
    status: 'pending',
    invited_at: '2026-11-01T12:00:00Z',
    expires_at: '2026-12-01T12:00:00Z',
    loan: {
      amount: 20_000,
      currency: 'USD',
      interest_rate: 4.5,
      term_months: 36,
      purpose: null,
      status: loanStatus,
      total_accepted: loanStatus === 'funded' ? 20_000 : 0,
    },
    borrower: { email: 'borrower@example.com', name: null },
    ...changes,
  };
}

/** @param requestId of the user's own request */
function declined(lenderId: string, requestId?: string, type: Event['type'] = 'lender.declined'): Event {
  const { loan: _, borrower: __, loan_id: ___, ...lender } = invitation({ lender_id: lenderId, status: 'declined' });
  const loan = { total_invited: 0, total_accepted: 0, remaining: 1, lender_count: 0, status: 'open', version: 2 } as const;
  return {
    event_id: `${type} ${requestId}`,
    type,
    loan_id: 'L',
    at: '2026-11-02T12:00:00Z',
    actor: 'lender',
    ...(requestId !== undefined && { request_id: requestId }),
    data: { loan, lender },
  };
}

describe('invitationState', () => {
  it.each([
    ['pending', 'open', 'pending'],
    ['accepted', 'open', 'accepted'],
    ['accepted', 'funded', 'funded'],
    ['expired', 'open', 'expired'],
    ['expired', 'funded', 'expired'],
    ['revoked', 'open', 'revoked'],
    ['revoked', 'funded', 'complete'],
    ['revoked', 'cancelled', 'cancelled'],
    ['declined', 'open', 'declined'],
  ] as const)('of an invitation that is %s in a loan that is %s is %s', (status, loanStatus, state) => {
    expect(invitationState(invitation({ status }, loanStatus), [], NOW)).toBe(state);
  });

  it('offers to accept only after a decline that no user has made or confirmed', () => {
    const own = invitation({ status: 'declined' });
    const stateAfter = (...events: Event[]) => invitationState(own, events, NOW);
    expect(stateAfter(declined('A'))).toBe('declined-by-link');
    expect(stateAfter(declined('A'), declined('A', 'r2'))).toBe('declined');
    expect(stateAfter(declined('A', 'r1'), declined('A'))).toBe('declined-by-link');
    expect(stateAfter(declined('B'))).toBe('declined');
  });

  it('does not call a decline final before the history has been read', () => {
    expect(invitationState(invitation({ status: 'declined' }), undefined, NOW)).toBeUndefined();
    expect(invitationState(invitation(), undefined, NOW)).toBe('pending');
  });

  it('keeps that the user had accepted a loan that was cancelled', () => {
    const own = invitation({ status: 'revoked' }, 'cancelled');
    const stateAfter = (...events: Event[]) => invitationState(own, events, NOW);
    const accepted = declined('A', 'r1', 'lender.accepted');
    expect(stateAfter(accepted)).toBe('accepted-cancelled');
    expect(stateAfter(declined('B', 'r1', 'lender.accepted'))).toBe('cancelled');
    expect(stateAfter(accepted, declined('A', 'r2'), declined('A', undefined, 'lender.invited'))).toBe('cancelled');
    expect(invitationState(own, undefined, NOW)).toBeUndefined();
  });

  it('distinguishes a withdrawal from a decline', () => {
    const own = invitation({ status: 'declined' });
    const stateAfter = (...events: Event[]) => invitationState(own, events, NOW);
    expect(stateAfter(declined('A', 'r1', 'lender.accepted'), declined('A', 'r2'))).toBe('withdrawn');
    const invitedAgain = [declined('A', 'r1', 'lender.accepted'), declined('A', undefined, 'lender.invited')];
    expect(stateAfter(...invitedAgain, declined('A', 'r2'))).toBe('declined');
    expect(stateAfter(declined('B', 'r1', 'lender.accepted'), declined('A', 'r2'))).toBe('declined');
  });

  it('offers nothing after a decline by link whose invitation or loan has ended', () => {
    const late = Date.parse(invitation().expires_at);
    expect(invitationState(invitation({ status: 'declined' }), [declined('A')], late)).toBe('declined-by-link-ended');
    expect(invitationState(invitation({ status: 'declined' }, 'funded'), [declined('A')], NOW)).toBe('declined-by-link-ended');
  });
});

describe('shownStatus and cardText', () => {
  it.each([
    ['pending', 'open', 'pending', 'asks'],
    ['accepted', 'open', 'accepted', 'accepted'],
    ['accepted', 'funded', 'funded', 'lend'],
    ['accepted', 'cancelled', 'cancelled', 'cancelled'],
    ['revoked', 'open', 'revoked', 'asked'],
    ['revoked', 'funded', 'funded', 'withoutYou'],
    ['revoked', 'cancelled', 'cancelled', 'cancelled'],
    ['declined', 'cancelled', 'declined', 'asked'],
    ['expired', 'funded', 'expired', 'asked'],
  ] as const)('of an invitation that is %s in a loan that is %s are %s and %s', (status, loanStatus, shown, text) => {
    const own = invitation({ status }, loanStatus);
    expect([shownStatus(own), cardText(own)]).toEqual([shown, text]);
  });

  it.each([
    ['accepted', 'lendClosed'],
    ['revoked', 'closedWithoutYou'],
    ['declined', 'asked'],
  ] as const)('of an invitation that is %s in a loan that was closed below its amount say %s', (status, text) => {
    const { loan } = invitation({}, 'funded');
    expect(cardText(invitation({ status, loan: { ...loan, total_accepted: 5000 } }))).toBe(text);
  });
});

describe('chooseInvitation', () => {
  const choose = (...invitations: Invitation[]) => chooseInvitation(invitations, 'L', 'ana@example.com')?.lender_id;

  it('finds nothing where the user has no invitation to the loan', () => {
    expect(choose()).toBeUndefined();
    expect(choose(invitation({ loan_id: 'M' }))).toBeUndefined();
  });

  it('prefers the address that the user is signed in with, then the newest', () => {
    const other = invitation({ lender_id: 'B', email: 'other@example.com', status: 'accepted' });
    expect(choose(other, invitation())).toBe('A');
    expect(choose(other, invitation({ lender_id: 'C', email: 'third@example.com' }))).toBe('B');
  });

  it('prefers one that has not ended, also under another address', () => {
    const other = invitation({ lender_id: 'B', email: 'other@example.com', status: 'declined' });
    expect(choose(invitation({ status: 'revoked' }), other)).toBe('B');
    expect(choose(other, invitation({ status: 'expired' }))).toBe('B');
  });
});
