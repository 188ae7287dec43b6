import type { Loan } from '@private-lending/client';

/** Whether what a page shows of a loan is what is stored. Times are epoch milliseconds. */
export type LiveState =
  | { readonly name: 'connecting' }
  /** `until`: the page was hidden then, and may have missed events since. */
  | { readonly name: 'live'; readonly until?: number }
  /** What it shows is of the time `since`: for good where `isFinal`, as of a lender whose invitation was revoked. */
  | { readonly name: 'lost'; readonly since: number; readonly isFinal: boolean };

export interface LiveChange {
  /** `late`: a page that was visible again is not connected yet. */
  readonly change: 'ended' | 'hidden' | 'late' | 'lost' | 'subscribed';
  readonly now: number;
}

export function nextLiveState(before: LiveState, { change, now }: LiveChange): LiveState {
  switch (change) {
    case 'subscribed':
      return { name: 'live' };
    case 'hidden':
      return before.name === 'live' ? { name: 'live', until: before.until ?? now } : before;
    case 'late':
      return before.name === 'live' ? lose(before, now) : before;
    case 'lost':
      return lose(before, now);
    case 'ended':
      return { ...lose(before, now), isFinal: true };
  }
}

/** @returns what a page says of its connection: nothing for a loan that has ended, as it changes no more */
export function shownLiveState(state: LiveState, loanStatus: Loan['status']): LiveState | undefined {
  return loanStatus === 'open' ? state : undefined;
}

/** The time of a loss is that of the first one, until the page is live again. */
function lose(before: LiveState, now: number): LiveState & { readonly name: 'lost' } {
  if (before.name === 'lost') return before;
  const until = before.name === 'live' ? before.until : undefined;
  return { name: 'lost', since: until ?? now, isFinal: false };
}
