import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { found, LOAN_ID } from '../../../testing/app/domain-fixtures.ts';
import { parseLoanId, parseMailId } from '../../ids.ts';
import { type SenderMailCount, senderCountOn, type WaitingMailing } from './sender-mail-count.ts';
import { mailingsWithin, waitingMailsOf, withWaiting } from './waiting-mailings.ts';

const EMPTY = senderCountOn('2026-03-01', undefined);
const OTHER_LOAN = found(parseLoanId('0195f3a0-0000-7000-8000-000000000000'), 'loan');

function waiting(number: number, mails: number, more: Partial<WaitingMailing> = {}): WaitingMailing {
  return { mailingId: found(parseMailId(String(number).padStart(22, '0')), number), loanId: LOAN_ID, mails, ...more };
}

const countOf = (...mailings: readonly WaitingMailing[]): SenderMailCount => mailings.reduce(withWaiting, EMPTY);

describe('withWaiting', () => {
  it('remembers mailings in the order in which they began to wait, with what still waits of each', () => {
    expect(countOf(waiting(1, 20), waiting(2, 5), waiting(1, 18)).waiting).toEqual([waiting(1, 18), waiting(2, 5)]);
  });

  it('forgets a mailing of which nothing waits, and is as before once none is left', () => {
    expect(countOf(waiting(1, 20), waiting(2, 5), waiting(1, 0)).waiting).toEqual([waiting(2, 5)]);
    expect(countOf(waiting(1, 20), waiting(1, 0))).toEqual(EMPTY);
  });

  it('returns the same object where nothing changes, so that nothing is written', () => {
    const count = countOf(waiting(1, 20));
    expect(withWaiting(count, waiting(1, 20))).toBe(count);
    expect(withWaiting(count, waiting(2, 0))).toBe(count);
  });

  it('notices that an operator has to release a mailing, or has', () => {
    const held = countOf(waiting(1, 20), waiting(1, 20, { isOnHold: true }));
    expect(held.waiting).toEqual([waiting(1, 20, { isOnHold: true })]);
    expect(withWaiting(held, waiting(1, 20)).waiting).toEqual([waiting(1, 20)]);
  });

  it('remembers 100 mailings, and has room again once one has left', () => {
    const full = countOf(...Array.from({ length: 101 }, (_, number) => waiting(number, 1)));
    expect(full.waiting).toHaveLength(100);
    expect(withWaiting(full, waiting(100, 1))).toBe(full);
    expect(countOf(...(full.waiting ?? []), waiting(7, 0), waiting(100, 1)).waiting?.at(-1)).toEqual(waiting(100, 1));
  });

  it('stays on another day, on which the mails are counted from 0', () => {
    expect(senderCountOn('2026-03-02', countOf(waiting(1, 20)))).toMatchObject({ count: 0, waiting: [waiting(1, 20)] });
  });
});

describe('waitingMailsOf', () => {
  it('counts the mails of one loan, whatever holds them', () => {
    const count = countOf(waiting(1, 20), waiting(2, 5, { loanId: OTHER_LOAN }), waiting(3, 2, { isOnHold: true }));
    expect([waitingMailsOf(LOAN_ID, count), waitingMailsOf(OTHER_LOAN, count)]).toEqual([22, 5]);
    expect(waitingMailsOf(LOAN_ID, undefined)).toBe(0);
  });
});

describe('mailingsWithin', () => {
  it.each([
    [0, []],
    [-5, []],
    [1, [1]],
    [3, [1]],
    [4, [1, 3]],
    [100, [1, 3, 4]],
  ])('with room for %i mails are the first mailings, without what is on hold', (room, numbers) => {
    const count = countOf(waiting(1, 3), waiting(2, 1, { isOnHold: true }), waiting(3, 4), waiting(4, 1));
    expect(mailingsWithin(room, count)).toEqual(numbers.map((number) => found(count.waiting?.[number - 1], number)));
  });

  it('are never more than one for each mail that has room', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 100 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: -5, max: 50 }), (mails, room) => {
        const count = countOf(...mails.map((size, number) => waiting(number, size)));
        expect(mailingsWithin(room, count).length).toBeLessThanOrEqual(Math.max(room, 0));
      }),
    );
  });
});
