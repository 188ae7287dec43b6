import type { Event } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { toHistoryEntries } from './history-entries.ts';

function event(version: number, index: number, type: Event['type']): Event {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 0, lender_count: 0, status: 'open', version } as const;
  return { event_id: `L.${version}.${index}`, type, loan_id: 'L', at: '2026-03-01T09:00:00Z', actor: 'borrower', data: { loan } };
}

describe('toHistoryEntries', () => {
  it('has the newest first, and what happened together in one entry', () => {
    const entries = toHistoryEntries([
      event(1, 0, 'loan.created'),
      event(1, 1, 'lender.invited'),
      event(1, 2, 'lender.invited'),
      event(2, 0, 'lender.expired'),
      event(2, 1, 'lender.invited'),
      event(3, 0, 'lender.invited'),
    ]);
    expect(entries.map(({ type, events }) => `${type} ${events.length}`)).toEqual([
      'lender.invited 1',
      'lender.invited 1',
      'lender.expired 1',
      'lender.invited 2',
      'loan.created 1',
    ]);
    expect(entries.map(({ id }) => id)).toEqual(['L.3.0', 'L.2.1', 'L.2.0', 'L.1.1', 'L.1.0']);
  });

  it('has none for no events', () => {
    expect(toHistoryEntries([])).toEqual([]);
  });
});
