/** Whether mail goes to a mailbox: its owner opted out at some time, and possibly ended that. Epoch milliseconds. */
export interface OptOut {
  /** The last opt-out. Undefined where only one was undone that was stored under the exact spelling of an address. */
  readonly at?: number;
  /** When the owner ended all opt-outs before. */
  readonly endedAt?: number;
}

/** What is stored about a mailbox. */
export interface StoredOptOuts {
  /** Under the canonical mailbox. */
  readonly ofMailbox: OptOut | undefined;
  /** Under what earlier versions took for the mailbox. Each ends with that of the mailbox. */
  readonly earlier: readonly (OptOut | undefined)[];
}

/** When the owner opted out; undefined where that has ended, or never was. */
export function optedOutAt({ ofMailbox, earlier }: StoredOptOuts): number | undefined {
  const times = [ofMailbox, ...earlier].flatMap((stored) => {
    const endedAt = Math.max(stored?.endedAt ?? 0, ofMailbox?.endedAt ?? 0);
    return stored?.at !== undefined && stored.at > endedAt ? [stored.at] : [];
  });
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** @returns what to store under the canonical mailbox; undefined where it has opted out already */
export function optOut(ofMailbox: OptOut | undefined, now: number): OptOut | undefined {
  if (optedOutAt({ ofMailbox, earlier: [] }) !== undefined) return undefined;
  return { ...ofMailbox, at: Math.max(now, (ofMailbox?.endedAt ?? 0) + 1) };
}

/**
 * Moves an opt-out of an earlier version, so that it holds for all spellings.
 * @returns what to store under the canonical mailbox; undefined where there is nothing to move
 */
export function moveOptOut(stored: StoredOptOuts): OptOut | undefined {
  const at = optedOutAt(stored);
  return at === undefined || optedOutAt({ ...stored, earlier: [] }) !== undefined ? undefined : { ...stored.ofMailbox, at };
}

/** @returns what to store under the canonical mailbox; undefined where it has not opted out, or did so after `at` */
export function endOptOut(stored: StoredOptOuts, at: number): OptOut | undefined {
  const ended = { ...stored.ofMailbox, endedAt: at };
  const isEnded = optedOutAt(stored) !== undefined && optedOutAt({ ...stored, ofMailbox: ended }) === undefined;
  return isEnded ? ended : undefined;
}
