import { describe, expect, it } from 'vitest';
import { type MailboxSenders, othersAfter, withSender } from './mailbox-senders.ts';

describe('withSender', () => {
  it('moves a sender to a later day, and changes nothing on the same one', () => {
    const first = withSender(undefined, 'ana', 10);
    expect(withSender(first, 'ana', 10)).toBeUndefined();
    expect(withSender(withSender(first, 'ben', 11), 'ana', 12)?.senders).toEqual([
      { id: 'ana', day: 12 },
      { id: 'ben', day: 11 },
    ]);
  });

  it('remembers the latest sixteen', () => {
    let stored: MailboxSenders | undefined;
    for (let day = 1; day <= 20; day += 1) stored = withSender(stored, `s${day}`, day);
    expect(stored?.senders.map(({ day }) => day)).toEqual(Array.from({ length: 16 }, (_, index) => 20 - index));
  });
});

describe('othersAfter', () => {
  it('counts other senders of the last days', () => {
    const stored = { senders: [{ id: 'ana', day: 40 }, { id: 'ben', day: 11 }, { id: 'eve', day: 10 }] }; // biome-ignore format: one line
    expect([othersAfter(stored, 'ana', 10), othersAfter(stored, 'kim', 10), othersAfter(undefined, 'kim', 10)]).toEqual([1, 2, 0]);
  });
});
