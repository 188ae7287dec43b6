import { setTimeout as pause } from 'node:timers/promises';
import { contention, keyReused } from '../domain/errors.ts';
import type { Answer, IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { CommitResult, Key, Write } from '../storage/store.ts';
import { isAlive } from './idempotency.ts';
import type { Outcome, Services } from './services.ts';
import type { Asked, Command } from './use-case.ts';
import { placeOf, View } from './view.ts';
import { writesOf } from './writes.ts';

/** How often one command may lose a race before it is refused: the first few tries follow at once, the rest with jitter. */
export const ATTEMPTS_MAX = 10;
const ATTEMPTS_AT_ONCE = 3;
const PAUSE_MS_MAX = 40;

/** The request that a command came with. */
export interface Origin {
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Where its answer is kept for repeats, and what tells it from another request; undefined where it has no key. */
  readonly idempotency: { readonly recordKey: Key<IdempotencyRecord>; readonly print: string } | undefined;
}

type Decision = {
  /** What it is only good for if it was seen. A commit checks all that it writes, and so needs not have seen that. */
  readonly restsOn: readonly Key<unknown>[];
} & (
  | { readonly kind: 'commit'; readonly outcome: Outcome; readonly writes: readonly Write[] }
  /** Nothing is to be written: everything is as wanted already, or the answer was given before. */
  | { readonly kind: 'answer'; readonly outcome: Outcome }
  /** Or a fault, which what is remembered of several moments may bring about where it does not fit together. */
  | { readonly kind: 'refusal'; readonly refusal: unknown }
);

/** Decides a command from its view and commits it; decides again from what stands for each race lost. */
export async function carryOut(
  services: Services,
  command: Command<unknown>,
  arrived: Asked<unknown>,
  origin: Origin,
): Promise<Outcome> {
  const { turns, hints, random, clock } = services;
  const places = [...new Set(withRecord(command.view(arrived), origin).map(({ partition }) => partition))];

  return turns.take(places, async () => {
    const asked = { ...arrived, now: clock() }; // judged when its turn has come, not when it began to wait
    const viewed = command.view(asked);
    const first = withRecord(viewed, origin);
    let view = hints?.guess(first, viewed[0]) ?? (await look(services, first));
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const keys = [...first, ...(command.viewMore?.(view, asked) ?? [])];
      const decision = view.holds(keys) ? decide(command, asked, origin, { view, keys }) : undefined;
      if (!decision || !view.hasSeen(decision.restsOn)) {
        view = await look(services, keys);
        continue;
      }
      if (decision.kind === 'refusal') throw decision.refusal;
      if (decision.kind === 'answer') return decision.outcome;
      const { outcome, writes } = decision;
      const result = await propose(services, writes);
      if (result.committed) return outcome;
      view = view.corrected(writes, result.standing);
      if (attempt > ATTEMPTS_AT_ONCE) await pause(random() * PAUSE_MS_MAX);
    }
    throw contention();
  });
}

function withRecord(keys: readonly Key<unknown>[], { idempotency }: Origin): Key<unknown>[] {
  return [...keys, ...(idempotency ? [idempotency.recordKey] : [])];
}

async function look({ store, hints }: Services, keys: readonly Key<unknown>[]): Promise<View> {
  const items = keys.length > 0 ? await store.get(keys) : [];
  for (const [position, key] of keys.entries()) hints?.saw(key, items[position]);
  return View.of(keys, items);
}

async function propose({ store, hints, ids }: Services, writes: readonly Write[]): Promise<CommitResult> {
  const id = ids.command();
  try {
    const result = await store.commit(id, writes);
    hints?.learn(id, writes, result);
    return result;
  } catch (thrown) {
    hints?.doubt(writes);
    throw thrown;
  }
}

/** Pure: the same from the same view. */
function decide(
  command: Command<unknown>,
  asked: Asked<unknown>,
  origin: Origin,
  { view, keys }: { readonly view: View; readonly keys: readonly Key<unknown>[] },
): Decision {
  try {
    command.authorize(view, asked);
    return replay(asked, origin, view) ?? planned(command, asked, origin, view, keys);
  } catch (refusal) {
    return { kind: 'refusal', refusal, restsOn: keys };
  }
}

/** Rests on the record alone: whose loan it is never changes. */
function replay({ now, rules }: Asked<unknown>, { idempotency }: Origin, view: View): Decision | undefined {
  const record = idempotency && view.at(idempotency.recordKey)?.data;
  if (!record || !isAlive(record, now, rules.idempotencyMs)) return undefined;
  const restsOn = [idempotency.recordKey];
  if (record.fingerprint !== idempotency.print) return { kind: 'refusal', refusal: keyReused(), restsOn };
  return { kind: 'answer', outcome: { result: record.answer, replayOf: record.requestId }, restsOn };
}

function planned(
  command: Command<unknown>,
  asked: Asked<unknown>,
  origin: Origin,
  view: View,
  keys: readonly Key<unknown>[],
): Decision {
  const { requestId, traceparent, idempotency } = origin;
  const plan = command.plan(view, asked);
  const answer: Answer = { status: command.success, body: JSON.stringify(plan.body), location: plan.location ?? null };
  const record = idempotency && {
    key: idempotency.recordKey,
    data: { fingerprint: idempotency.print, answer, requestId, at: asked.now },
  };
  const outcome = { result: answer, lendersAdded: plan.lendersAdded ?? 0 };
  const writes = writesOf(view, plan, command, asked, { requestId, traceparent, record });
  const written = new Set(writes.map(({ key }) => placeOf(key)));
  const restsOn = keys.filter((key) => !written.has(placeOf(key)));
  return writes.length > 0 ? { kind: 'commit', outcome, writes, restsOn } : { kind: 'answer', outcome, restsOn };
}
