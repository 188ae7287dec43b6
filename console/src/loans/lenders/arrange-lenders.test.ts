import type { Lender } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { arrangeLenders, countByStatus, type LendersView } from './arrange-lenders.ts';

function lender(email: string, status: Lender['status'], amount: number, day: number, name?: string): Lender {
  const invited_at = `2026-03-0${day}T09:00:00Z`;
  return {
    lender_id: email,
    email,
    contribution_amount: amount,
    status,
    invited_at,
    expires_at: invited_at,
    ...(name && { name }),
  };
}

const LENDERS = [
  lender('x@a.org', 'declined', 100, 1, 'Zoé'),
  lender('ben@a.org', 'accepted', 300, 2),
  lender('c@a.org', 'pending', 200, 3, 'anna'),
];
const VIEW: LendersView = { status: undefined, order: 'newest', search: '' };

describe('arrangeLenders', () => {
  it.each([
    ['newest', 'c@a.org,ben@a.org,x@a.org'],
    ['name', 'c@a.org,ben@a.org,x@a.org'],
    ['amount', 'ben@a.org,c@a.org,x@a.org'],
    ['status', 'c@a.org,ben@a.org,x@a.org'],
  ] as const)('sorts lenders by %s', (order, emails) => {
    expect(
      arrangeLenders(LENDERS, { ...VIEW, order }, 'en')
        .map(({ email }) => email)
        .join(),
    ).toBe(emails);
  });

  it.each([
    [{ search: ' zoe ' }, 'x@a.org'],
    [{ search: 'BEN@' }, 'ben@a.org'],
    [{ status: 'pending' as const }, 'c@a.org'],
    [{ status: 'pending' as const, search: 'ben' }, ''],
  ])('filters lenders by %j', (wanted, emails) => {
    expect(
      arrangeLenders(LENDERS, { ...VIEW, ...wanted }, 'en')
        .map(({ email }) => email)
        .join(),
    ).toBe(emails);
  });
});

it('counts lenders by status', () => {
  expect(countByStatus(LENDERS)).toEqual({ pending: 1, accepted: 1, declined: 1, expired: 0, revoked: 0 });
});
