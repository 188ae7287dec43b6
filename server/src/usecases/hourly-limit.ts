import { rateLimited } from '../domain/errors.ts';
import { hourOf, type UsageCounter, usedIn } from '../domain/usage-counter.ts';
import type { CounterChange } from '../execution/use-case.ts';
import type { View } from '../execution/view.ts';
import { presentTime } from '../schemas/presenters.ts';
import type { Key } from '../storage/store.ts';

const HOUR_MS = 3_600_000;

/** `count` uses of a limit of `max` in a UTC clock hour. */
interface HourlyUsage {
  readonly key: Key<UsageCounter>;
  readonly unit: 'files' | 'invitations';
  readonly count: number;
  readonly max: number;
}

/** @throws DomainError `TOO_MANY_REQUESTS` where the limit does not allow all of them */
export function countUsage(view: View, { key, unit, count, max }: HourlyUsage, now: number): CounterChange {
  const period = hourOf(now);
  const used = usedIn(period, view.at(key)?.data);
  const hourEnd = hourEndAfter(now);
  if (used + count <= max) return { key, data: { period, count: used + count } };
  throw rateLimited(
    `You may send ${max} ${unit} an hour: ${used} were sent in this one, and this request has ${count}. ` +
      `Please retry after ${presentTime(hourEnd)}.`,
    Math.ceil((hourEnd - now) / 1000),
  );
}

/** The next full hour in UTC. */
export function hourEndAfter(now: number): number {
  return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
}
