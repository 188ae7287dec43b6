import type { Event } from '@private-lending/client';

const ANSWERS: ReadonlySet<Event['type']> = new Set(['lender.accepted', 'lender.declined', 'lender.expired', 'lender.revoked']);

/** @returns by lender id, when the lender answered last, or the invitation ended, as far as the events are known */
export function answerTimes(events: readonly Event[]): ReadonlyMap<string, string> {
  const times = new Map<string, string>();
  for (const { type, at, data } of events) {
    if (!data.lender) continue;
    if (ANSWERS.has(type)) times.set(data.lender.lender_id, at);
    else times.delete(data.lender.lender_id); // invited again, or changed
  }
  return times;
}
