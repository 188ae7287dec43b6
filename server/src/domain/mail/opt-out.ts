/** Whether mail goes to a mailbox: its owner opted out at some time, and possibly ended that. Epoch milliseconds. */
export interface OptOut {
  /** The last opt-out. Undefined where only one was undone that was stored under the exact spelling of an address. */
  readonly at?: number;
  /** When the owner ended all opt-outs before. */
  readonly endedAt?: number;
}

/**
 * @param ofMailbox stored under the canonical mailbox
 * @param ofAddress stored under the exact spelling of an address, as earlier versions did. It ends with that of the mailbox
 */
export function isOptedOut(ofMailbox: OptOut | undefined, ofAddress?: OptOut): boolean {
  const endedAt = ofMailbox?.endedAt ?? 0;
  return [ofMailbox, ofAddress].some((stored) => stored?.at !== undefined && stored.at > endedAt);
}

/** @returns what to store under the canonical mailbox; undefined where it has opted out already */
export function optOut(ofMailbox: OptOut | undefined, now: number): OptOut | undefined {
  if (isOptedOut(ofMailbox)) return undefined;
  return { ...ofMailbox, at: Math.max(now, (ofMailbox?.endedAt ?? 0) + 1) };
}

/** @returns what to store under the canonical mailbox; undefined where it has not opted out, or did so after `at` */
export function endOptOut(ofMailbox: OptOut | undefined, ofAddress: OptOut | undefined, at: number): OptOut | undefined {
  const ended = { ...ofMailbox, endedAt: at };
  return isOptedOut(ofMailbox, ofAddress) && !isOptedOut(ended, ofAddress) ? ended : undefined;
}
