import type { Event } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { EVENTS_AT_ONCE, isBorrowerOf, NO_HISTORY, readOn } from './read-history.ts';

function event(version: number, requestId?: string): Event {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 0, lender_count: 0, status: 'open', version } as const;
  const common = { event_id: `L.${version}`, loan_id: 'L', at: '2026-03-01T09:00:00Z', actor: 'borrower', data: { loan } } as const;
  return { ...common, type: 'loan.created', ...(requestId !== undefined && { request_id: requestId }) };
}

/** Pages of 100, as the API has them: the cursor is the number of events before it, and the same again at the end. */
function api(events: readonly Event[]) {
  const cursors: (string | undefined)[] = [];
  const readPage = async (after: string | undefined) => {
    cursors.push(after);
    const page = events.slice(Number(after ?? 0), Number(after ?? 0) + 100);
    return { events: page, next_cursor: String(Number(after ?? 0) + page.length) };
  };
  return { cursors, readPage };
}

const many = (count: number) => Array.from({ length: count }, (_, version) => event(version));

describe('readOn', () => {
  it('reads all events, and later only those that are new', async () => {
    const first = await readOn(NO_HISTORY, api(many(150)).readPage);
    expect([first.events.length, first.isComplete]).toEqual([150, true]);
    const { cursors, readPage } = api(many(152));
    const second = await readOn(first, readPage);
    expect(second.events.map(({ event_id }) => event_id)).toEqual(many(152).map(({ event_id }) => event_id));
    expect(cursors).toEqual(['150', '152']);
  });

  it('stops at a bound, stays there, and reads on when asked for more', async () => {
    const { cursors, readPage } = api(many(2500));
    const first = await readOn(NO_HISTORY, readPage);
    expect([first.events.length, first.isComplete]).toEqual([EVENTS_AT_ONCE, false]);
    const requests = cursors.length;
    expect(await readOn(first, readPage)).toEqual(first);
    expect(cursors).toHaveLength(requests);
    const second = await readOn({ ...first, target: first.events.length + EVENTS_AT_ONCE }, readPage);
    expect(second.events).toHaveLength(2 * EVENTS_AT_ONCE);
  });

  it('ends for a loan without visible events', async () => {
    const history = await readOn(NO_HISTORY, async () => ({ events: [], next_cursor: 'C' }));
    expect(history).toMatchObject({ events: [], isComplete: true });
  });
});

describe('isBorrowerOf', () => {
  it('is true for who sees the request of the first event', () => {
    expect(isBorrowerOf({ events: [event(1, 'R')] })).toBe(true);
    expect(isBorrowerOf({ events: [event(1)] })).toBe(false);
    expect(isBorrowerOf({ events: [] })).toBe(false);
  });
});
