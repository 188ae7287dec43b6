import { setTimeout as pause } from 'node:timers/promises';
import { contention, DomainError, keyReused } from '../domain/errors.ts';
import type { Answer, IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Key, Write } from '../storage/store.ts';
import { isAlive } from './idempotency.ts';
import type { Outcome, Services } from './services.ts';
import type { Asked, Command } from './use-case.ts';
import { View } from './view.ts';
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

interface Decision {
  readonly outcome: Outcome;
  /** None where everything is as wanted already. */
  readonly writes: readonly Write[];
}

/** Decides a command from its view and commits it; decides again from what stands for each race lost. */
export async function carryOut(
  services: Services,
  command: Command<unknown>,
  arrived: Asked<unknown>,
  origin: Origin,
): Promise<Outcome> {
  const { store, turns, ids, random, clock } = services;
  const keysFor = (request: Asked<unknown>) => [
    ...command.view(request),
    ...(origin.idempotency ? [origin.idempotency.recordKey] : []),
  ];
  const places = [...new Set(keysFor(arrived).map(({ partition }) => partition))];

  return turns.take(places, async () => {
    const asked = { ...arrived, now: clock() }; // judged when its turn has come, not when it began to wait
    const keys = keysFor(asked);
    const look = async () => View.of(keys, keys.length > 0 ? await store.get(keys) : []);
    let view = await look();
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const decision = decide(command, asked, origin, view);
      if (decision instanceof DomainError) {
        if (view.certain) throw decision;
        view = await look();
        continue;
      }
      const { outcome, writes } = decision;
      if (writes.length === 0) return outcome;
      const result = await store.commit(ids.command(), writes);
      if (result.committed) return outcome;
      view = view.corrected(writes, result.standing);
      if (attempt > ATTEMPTS_AT_ONCE) await pause(random() * PAUSE_MS_MAX);
    }
    throw contention();
  });
}

/** Pure: the same from the same view. A refusal comes back as a value, since it counts only if the view is certain. */
function decide(command: Command<unknown>, asked: Asked<unknown>, origin: Origin, view: View): Decision | DomainError {
  try {
    command.authorize(view, asked);
    return replay(asked, origin, view) ?? planned(command, asked, origin, view);
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
}

function replay({ now, rules }: Asked<unknown>, { idempotency }: Origin, view: View): Decision | undefined {
  const record = idempotency && view.at(idempotency.recordKey)?.data;
  if (!record || !isAlive(record, now, rules.idempotencyMs)) return undefined;
  if (record.fingerprint !== idempotency.print) throw keyReused();
  return { outcome: { result: record.answer, replayOf: record.requestId }, writes: [] };
}

function planned(command: Command<unknown>, asked: Asked<unknown>, origin: Origin, view: View): Decision {
  const { requestId, traceparent, idempotency } = origin;
  const plan = command.plan(view, asked);
  const answer: Answer = { status: command.success, body: JSON.stringify(plan.body), location: plan.location ?? null };
  const record = idempotency && {
    key: idempotency.recordKey,
    data: { fingerprint: idempotency.print, answer, requestId, at: asked.now },
  };
  return {
    outcome: { result: answer, lendersAdded: plan.lendersAdded ?? 0 },
    writes: writesOf(view, plan, command, asked, { requestId, traceparent, record }),
  };
}
