import type { Event } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { NO_HISTORY } from './read-history.ts';
import { keepReceived, withReceived } from './received-events.ts';

function event(version: number): Event {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 0, lender_count: 0, status: 'open', version } as const;
  const at = '2026-03-01T09:00:00Z';
  return { event_id: `L.${version}`, type: 'loan.created', loan_id: 'L', at, actor: 'borrower', data: { loan } };
}

describe('withReceived', () => {
  it('adds what came since a history was read, once', () => {
    const history = { ...NO_HISTORY, events: [event(1), event(2)], isComplete: true };
    expect(withReceived(history, [event(2), event(3)])?.events).toEqual([event(1), event(2), event(3)]);
    expect(withReceived(history, [event(2)])).toBe(history);
  });

  it('leaves a history as it is that has not been read to its end', () => {
    const history = { ...NO_HISTORY, events: [event(1)] };
    expect(withReceived(history, [event(9)])).toBe(history);
    expect(withReceived(undefined, [event(9)])).toBeUndefined();
  });
});

describe('keepReceived', () => {
  it('keeps the last thousand events', () => {
    const kept = keepReceived(
      [event(0)],
      Array.from({ length: 1000 }, (_, index) => event(index + 1)),
    );
    expect([kept.length, kept[0]]).toEqual([1000, event(1)]);
  });
});
