import type { Event } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { answerTimes, endedWithLoanAt } from './answer-times.ts';

function event(type: Event['type'], at: string): Event {
  const loan = { total_invited: 0, total_accepted: 0, remaining: 0, lender_count: 0, status: 'open', version: 1 } as const;
  const times = { invited_at: at, expires_at: at };
  const lender = { lender_id: 'a', email: 'a@x.org', contribution_amount: 1, status: 'pending', ...times } as const;
  return { event_id: at, type, loan_id: 'L', at, actor: 'lender', data: { loan, lender } };
}

describe('answerTimes', () => {
  it('has the time of the last answer, and none after another invitation', () => {
    const events = [event('lender.invited', '1'), event('lender.accepted', '2'), event('lender.declined', '3')];
    expect([...answerTimes(events, true).answered]).toEqual([['a', '3']]);
    expect([...answerTimes([...events, event('lender.invited', '4')], true).answered]).toEqual([]);
  });

  it('knows who withdrew after accepting, from those who only declined', () => {
    const [invited, accepted] = [event('lender.invited', '1'), event('lender.accepted', '2')];
    const withdrawn = (events: readonly Event[]) => [...answerTimes(events, true).withdrawn];
    expect(withdrawn([invited, accepted, event('lender.declined', '3')])).toEqual(['a']);
    expect(withdrawn([invited, event('lender.declined', '3')])).toEqual([]);
    expect(withdrawn([invited, accepted, event('lender.declined', '3'), event('lender.invited', '4')])).toEqual([]);
  });

  it('knows who had accepted when the loan was cancelled', () => {
    const [invited, accepted] = [event('lender.invited', '1'), event('lender.accepted', '2')];
    const cancelled = { ...event('loan.cancelled', '9'), data: { loan: invited.data.loan } };
    const acceptedOf = (events: readonly Event[]) => [...answerTimes([...events, cancelled], true).accepted];
    expect(acceptedOf([invited, accepted])).toEqual(['a']);
    expect(acceptedOf([invited])).toEqual([]);
    expect(acceptedOf([invited, accepted, event('lender.declined', '3')])).toEqual([]);
    expect(acceptedOf([invited, accepted, event('lender.declined', '3'), event('lender.invited', '4')])).toEqual([]);
  });
});

describe('endedWithLoanAt', () => {
  const invited = event('lender.invited', '1');
  const closed = { ...event('loan.closed', '3'), data: { loan: invited.data.loan } };
  const lender = { ...(invited.data.lender ?? expect.fail()), status: 'revoked' } as const;

  it('is when the loan ended for an invitation that nobody revoked', () => {
    expect(endedWithLoanAt(lender, answerTimes([invited, closed], true))).toBe('3');
  });

  it('is undefined for a revoked invitation, a declined one, and where not all events are known', () => {
    const revoked = answerTimes([invited, event('lender.revoked', '2'), closed], true);
    expect(endedWithLoanAt(lender, revoked)).toBeUndefined();
    expect(endedWithLoanAt({ ...lender, status: 'declined' }, answerTimes([invited, closed], true))).toBeUndefined();
    expect(endedWithLoanAt(lender, answerTimes([invited, closed], false))).toBeUndefined();
  });
});
