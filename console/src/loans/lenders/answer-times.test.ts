import type { Event } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { answerTimes } from './answer-times.ts';

function event(type: Event['type'], at: string): Event {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 0, lender_count: 0, status: 'open', version: 1 } as const;
  const times = { invited_at: at, expires_at: at };
  const lender = { lender_id: 'a', email: 'a@x.org', contribution_amount: 1, status: 'pending', ...times } as const;
  return { event_id: at, type, loan_id: 'L', at, actor: 'lender', data: { loan, lender } };
}

describe('answerTimes', () => {
  it('has the time of the last answer, and none after another invitation', () => {
    const events = [event('lender.invited', '1'), event('lender.accepted', '2'), event('lender.declined', '3')];
    expect([...answerTimes(events)]).toEqual([['a', '3']]);
    expect([...answerTimes([...events, event('lender.invited', '4')])]).toEqual([]);
  });
});
