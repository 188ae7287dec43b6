/** A sender who invited a mailbox. */
interface MailboxSender {
  /** Keyed hash of the user. */
  readonly id: string;
  /** Days since the epoch, UTC, of the last invitation. */
  readonly day: number;
}

/** Who has invited a mailbox of late, the latest first. */
export interface MailboxSenders {
  readonly senders: readonly MailboxSender[];
}

/** Senders that are remembered. More say no more. */
const SENDERS_MAX = 16;

/** @param after day, exclusive */
export function othersAfter(stored: MailboxSenders | undefined, ownId: string, after: number): number {
  return (stored?.senders ?? []).filter(({ id, day }) => id !== ownId && day > after).length;
}

/** @returns undefined where nothing changes */
export function withSender(stored: MailboxSenders | undefined, id: string, day: number): MailboxSenders | undefined {
  const senders = stored?.senders ?? [];
  if (senders.some((each) => each.id === id && each.day >= day)) return undefined;
  return { senders: [{ id, day }, ...senders.filter((each) => each.id !== id)].slice(0, SENDERS_MAX) };
}
