import { describe, expect, it } from 'vitest';
import { type LiveChange, type LiveState, nextLiveState, shownLiveState } from './live-state.ts';

const CONNECTING: LiveState = { name: 'connecting' };

/** @param changes one a second */
const stateAfter = (...changes: readonly LiveChange['change'][]) =>
  changes.reduce<LiveState>((state, change, index) => nextLiveState(state, { change, now: (index + 1) * 1000 }), CONNECTING);

describe('nextLiveState', () => {
  it('is of the time when the page was hidden, if it can not connect when it is visible again', () => {
    expect(stateAfter('subscribed', 'hidden', 'late', 'lost')).toEqual({ name: 'lost', since: 2000, isFinal: false });
    expect(stateAfter('subscribed', 'hidden', 'hidden', 'lost')).toMatchObject({ since: 2000 });
  });

  it('is of the time of the first loss until it is live again', () => {
    expect(stateAfter('subscribed', 'lost', 'lost')).toMatchObject({ since: 2000 });
    expect(stateAfter('subscribed', 'lost', 'subscribed')).toEqual({ name: 'live' });
    expect(stateAfter('subscribed', 'hidden', 'subscribed', 'lost')).toMatchObject({ since: 4000 });
  });

  it('does not call the first connection late: the page has just been read', () => {
    expect(stateAfter('late')).toEqual(CONNECTING);
    expect(stateAfter('lost')).toEqual({ name: 'lost', since: 1000, isFinal: false });
  });

  it('is final where the feed has ended', () => {
    expect(stateAfter('subscribed', 'lost', 'ended')).toEqual({ name: 'lost', since: 2000, isFinal: true });
  });
});

describe('shownLiveState', () => {
  it.each(['funded', 'cancelled'] as const)('shows no connection for a loan that is %s', (status) => {
    expect(shownLiveState({ name: 'live' }, status)).toBeUndefined();
    expect(shownLiveState({ name: 'lost', since: 1000, isFinal: true }, status)).toBeUndefined();
  });

  it('shows the connection of an open loan, also to a lender whose part in it has ended', () => {
    const state = { name: 'lost', since: 1000, isFinal: true } as const;
    expect(shownLiveState(state, 'open')).toBe(state);
  });
});
