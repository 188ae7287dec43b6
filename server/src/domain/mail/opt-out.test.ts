import { describe, expect, it } from 'vitest';
import { endOptOut, moveOptOut, optedOutAt, optOut } from './opt-out.ts';

describe('optedOutAt', () => {
  it.each([
    ['nothing is stored', { ofMailbox: undefined, earlier: [undefined] }, undefined],
    ['the mailbox opted out', { ofMailbox: { at: 5 }, earlier: [] }, 5],
    ['the mailbox ended it', { ofMailbox: { at: 5, endedAt: 6 }, earlier: [] }, undefined],
    ['one earlier form opted out', { ofMailbox: undefined, earlier: [undefined, { at: 3 }] }, 3],
    ['an earlier form ended its own', { ofMailbox: undefined, earlier: [{ at: 3, endedAt: 4 }] }, undefined],
    ['the mailbox ended that of all earlier forms', { ofMailbox: { endedAt: 9 }, earlier: [{ at: 3 }, { at: 8 }] }, undefined],
    ['one earlier form ended its own, another did not', { ofMailbox: undefined, earlier: [{ at: 3, endedAt: 4 }, { at: 2 }] }, 2],
  ])('says when %s', (_, stored, at) => {
    expect(optedOutAt(stored)).toBe(at);
  });
});

describe('moveOptOut', () => {
  it('stores an earlier opt-out under the mailbox, with its time', () => {
    expect(moveOptOut({ ofMailbox: undefined, earlier: [{ at: 3 }] })).toEqual({ at: 3 });
    expect(moveOptOut({ ofMailbox: { at: 1, endedAt: 2 }, earlier: [{ at: 3 }] })).toEqual({ at: 3, endedAt: 2 });
  });

  it('stores nothing where the mailbox has opted out itself, or ended it, or nobody opted out', () => {
    expect(moveOptOut({ ofMailbox: { at: 5 }, earlier: [{ at: 3 }] })).toBeUndefined();
    expect(moveOptOut({ ofMailbox: { endedAt: 5 }, earlier: [{ at: 3 }] })).toBeUndefined();
    expect(moveOptOut({ ofMailbox: undefined, earlier: [] })).toBeUndefined();
  });
});

describe('optOut and endOptOut', () => {
  it('let the newest of the two hold', () => {
    const out = optOut({ endedAt: 9 }, 5);
    expect(out).toEqual({ endedAt: 9, at: 10 });
    expect(endOptOut({ ofMailbox: out, earlier: [{ at: 4 }] }, 11)).toEqual({ at: 10, endedAt: 11 });
    expect(endOptOut({ ofMailbox: out, earlier: [{ at: 12 }] }, 11)).toBeUndefined();
    expect(endOptOut({ ofMailbox: undefined, earlier: [{ at: 4 }] }, 11)).toEqual({ endedAt: 11 });
  });
});
