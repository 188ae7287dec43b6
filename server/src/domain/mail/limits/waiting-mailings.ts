import type { LoanId } from '../../ids.ts';
import type { SenderMailCount, WaitingMailing } from './sender-mail-count.ts';

/** Mailings of a borrower that are remembered. Further ones leave on the next day, but are neither shown nor released before. */
const WAITING_MAX = 100;

/** With the mails of one mailing that wait now, and the mailings before it in their order. @returns the same object where nothing changes */
export function withWaiting(count: SenderMailCount, mailing: WaitingMailing): SenderMailCount {
  const { waiting: before = [], ...rest } = count;
  const index = before.findIndex(({ mailingId }) => mailingId === mailing.mailingId);
  const known = before[index];
  if ((known?.mails ?? 0) === mailing.mails && known?.isOnHold === mailing.isOnHold) return count;
  const isFull = !known && before.length >= WAITING_MAX;
  if (isFull) return count;
  const changed = mailing.mails > 0 ? [mailing] : [];
  const waiting = known ? before.toSpliced(index, 1, ...changed) : [...before, ...changed];
  return waiting.length > 0 ? { ...rest, waiting } : rest;
}

/** Mails about a loan's invitations that wait. */
export function waitingMailsOf(loanId: LoanId, count: SenderMailCount | undefined): number {
  return (count?.waiting ?? []).reduce((sum, each) => (each.loanId === loanId ? sum + each.mails : sum), 0);
}

/** The first mailings that so many mails more have room for; the last one may have room for a part only. */
export function mailingsWithin(room: number, { waiting = [] }: SenderMailCount): WaitingMailing[] {
  let left = room;
  const within: WaitingMailing[] = [];
  for (const mailing of waiting) {
    if (left <= 0) break;
    if (mailing.isOnHold) continue;
    within.push(mailing);
    left -= mailing.mails;
  }
  return within;
}
