import { rateLimited } from '../domain/errors.ts';
import { type Period, periodAt, periodEndAfter, type UsageCounter, usedIn } from '../domain/usage-counter.ts';
import type { CounterChange } from '../execution/use-case.ts';
import type { View } from '../execution/view.ts';
import { presentTime } from '../schemas/presenters.ts';
import type { Key } from '../storage/store.ts';

/** What is limited, for messages: "You may send 200 invitations an hour: 3 were sent". */
const UNITS = {
  invitations: ['send', 'sent'],
  files: ['send', 'sent'],
  'bytes of rows': ['store', 'stored'],
  changes: ['make', 'made'],
  loans: ['post', 'posted'],
} as const;

/** `count` uses of a limit of `max` in a clock period. */
interface Usage {
  readonly key: Key<UsageCounter>;
  readonly period: Period;
  readonly unit: keyof typeof UNITS;
  readonly count: number;
  readonly max: number;
}

/** @throws DomainError `TOO_MANY_REQUESTS` where the limit does not allow all of them */
export function countUsage(view: View, { key, period, unit, count, max }: Usage, now: number): CounterChange {
  const current = periodAt(period, now);
  const used = usedIn(current, view.at(key)?.data);
  if (used + count <= max) return { key, data: { period: current, count: used + count } };
  const end = periodEndAfter(period, now);
  const [verb, past] = UNITS[unit];
  throw rateLimited(
    `You may ${verb} ${max} ${unit} ${period === 'hour' ? 'an hour' : 'a day'}: ${used} were ${past} in this one, ` +
      `and this request has ${count}. Please retry after ${presentTime(end)}.`,
    Math.ceil((end - now) / 1000),
  );
}
