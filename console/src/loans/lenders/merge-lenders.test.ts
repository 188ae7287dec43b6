import type { Lender } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { mergeLenders } from './merge-lenders.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function lender(id: string, changes: Partial<Lender> = {}): Lender {
  return {
    lender_id: id,
    email: `${id}@example.com`,
    contribution_amount: 100,
    status: 'pending',
    invited_at: '2026-03-01T09:00:00.000Z',
    expires_at: '2026-03-31T09:00:00.000Z',
    ...changes,
  };
}

function merge(rows: readonly Lender[], changed: readonly Lender[], others: Partial<Parameters<typeof mergeLenders>[1]> = {}) {
  const changes = new Map(changed.map((each) => [each.lender_id, each]));
  return mergeLenders(rows, { changes, status: undefined, isComplete: true, loanStatus: 'open', now: NOW, ...others });
}

const summary = (rows: readonly Lender[]) => rows.map(({ lender_id, status }) => `${lender_id} ${status}`);

describe('mergeLenders', () => {
  it('replaces a row by its newest state', () => {
    const rows = merge([lender('a'), lender('b')], [lender('b', { status: 'accepted' })]);
    expect(summary(rows)).toEqual(['a pending', 'b accepted']);
  });

  it('inserts a new lender where the API lists it', () => {
    expect(summary(merge([lender('a'), lender('c')], [lender('b')]))).toEqual(['a pending', 'b pending', 'c pending']);
  });

  it('leaves a new lender to a page that is not read yet', () => {
    const rows = merge([lender('a'), lender('c')], [lender('b'), lender('d')], { isComplete: false });
    expect(summary(rows)).toEqual(['a pending', 'b pending', 'c pending']);
  });

  it('removes rows from a filtered list that no longer match, and adds those that do', () => {
    const changed = [lender('a', { status: 'accepted' }), lender('b', { status: 'declined' })];
    expect(summary(merge([lender('a')], changed, { status: 'pending' }))).toEqual([]);
    expect(summary(merge([], changed, { status: 'accepted' }))).toEqual(['a accepted']);
  });

  it('ends the invitations of a loan that ended', () => {
    const rows = [lender('a'), lender('b', { status: 'accepted' }), lender('c', { expires_at: '2026-02-01T09:00:00.000Z' })];
    expect(summary(merge(rows, [], { loanStatus: 'funded' }))).toEqual(['a revoked', 'b accepted', 'c expired']);
    expect(summary(merge(rows, [], { loanStatus: 'cancelled' }))).toEqual(['a revoked', 'b revoked', 'c expired']);
  });

  it('shows an invitation as expired from its time on', () => {
    expect(summary(merge([lender('a', { expires_at: '2026-03-01T12:00:00.000Z' })], []))).toEqual(['a expired']);
  });
});
