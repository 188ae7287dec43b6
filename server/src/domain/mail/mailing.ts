import type { LoanId, MailId, UserId } from '../ids.ts';
import { dueAt, isHeldBack, type OutgoingMail } from '../outgoing-mail.ts';
import type { MailLane } from './mail-queue.ts';

/** So that a claim fits in one commit: it writes up to three items for each mail. */
export const MAILS_PER_MAILING = 25;

type Shared = 'borrowerId' | 'createdAt' | 'lane' | 'loanId' | 'network' | 'requestId' | 'traceparent';

/** Mails that one commit causes. They are stored, queued and claimed together; each has its own state. */
export interface Mailing extends Pick<OutgoingMail, Shared> {
  /** That of its first mail. */
  readonly mailingId: MailId;
  readonly mails: readonly Omit<OutgoingMail, Shared>[];
}

/** The mailings of mails that one commit causes, in order. The same mails give the same mailings. */
export function toMailings(mails: readonly OutgoingMail[]): Mailing[] {
  const byLane = Map.groupBy(mails, ({ lane }) => lane);
  return [...byLane.values()].flatMap((group) => {
    const starts = Array.from({ length: Math.ceil(group.length / MAILS_PER_MAILING) }, (_, index) => index * MAILS_PER_MAILING);
    return starts.map((start) => toMailing(group.slice(start, start + MAILS_PER_MAILING)));
  });
}

function toMailing(mails: readonly OutgoingMail[]): Mailing {
  const [first] = mails;
  if (!first) throw new TypeError('a mailing needs a mail');
  const { mailId: mailingId, borrowerId, createdAt, lane, loanId, network, requestId, traceparent } = first;
  const optional = { ...(borrowerId && { borrowerId }), ...(lane && { lane }), ...(network && { network }) };
  return withMails({ mailingId, loanId, ...optional, createdAt, requestId, traceparent, mails: [] }, mails);
}

export function mailsIn({ mailingId: _, mails, ...shared }: Mailing): OutgoingMail[] {
  return mails.map((mail) => ({ ...shared, ...mail }));
}

/** The mailing with other states of its mails. */
export function withMails(mailing: Mailing, mails: readonly OutgoingMail[]): Mailing {
  return { ...mailing, mails: mails.map(withoutShared) };
}

function withoutShared(mail: OutgoingMail): Mailing['mails'][number] {
  const { borrowerId: _b, createdAt: _c, lane: _l, loanId: _i, network: _n, requestId: _r, traceparent: _t, ...own } = mail;
  return own;
}

/** Whose queue it is in. */
export function queueOf({ borrowerId, loanId, lane = 'bulk' }: Mailing): { flow: UserId | LoanId; lane: MailLane } {
  return { flow: borrowerId ?? loanId, lane };
}

/** Its turn in the queue; undefined where none of its mails is queued. */
export function turnIn({ mails }: Mailing): number | undefined {
  const turns = mails.flatMap(({ state }) => (state.name === 'queued' ? [state.turn] : []));
  return turns.length > 0 ? Math.min(...turns) : undefined;
}

/** When the first of its mails has to be queued; undefined where none has. */
export function mailingDueAt({ mails }: Mailing): number | undefined {
  const times = mails.map(({ state }) => dueAt(state)).filter((at) => at !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Whether a sender is working on it. */
export function isHeld({ mails }: Mailing, now: number): boolean {
  return mails.some(({ state }) => state.name === 'claimed' && state.until > now);
}

/** The number of its mails that limits hold back. */
export function heldBackIn({ mails }: Mailing): number {
  return mails.filter(isHeldBack).length;
}

/** The mailing with the mails that limits hold back due now. */
export function releaseHeldBack(mailing: Mailing, now: number): Mailing {
  const state = { name: 'waiting', from: now } as const;
  return { ...mailing, mails: mailing.mails.map((mail) => (isHeldBack(mail) ? { ...mail, heldUntil: now, state } : mail)) };
}
