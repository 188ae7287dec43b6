import { keyReused } from '../domain/errors.ts';
import type { Answer } from '../domain/idempotency.ts';
import type { Key } from '../storage/store.ts';
import { writesOf } from './commit-writes.ts';
import { isAlive } from './idempotency.ts';
import { type Decision, type Matter, settle } from './optimistic-commit.ts';
import type { Origin } from './request-metadata.ts';
import type { Outcome, Services } from './services.ts';
import type { Asked, Command, Recovery } from './use-case.ts';
import { placeOf, type View } from './view.ts';

/** Decides a command when its turn has come, and commits it. */
export async function carryOut(
  services: Services,
  command: Command<unknown>,
  arrived: Asked<unknown>,
  origin: Origin,
): Promise<Outcome> {
  const { turns, hints, clock } = services;
  const places = [...new Set(withRecord(command.view(arrived), origin).map(({ partition }) => partition))];

  return turns.take(places, async () => {
    const asked = { ...arrived, now: clock() }; // judged when its turn has come, not when it began to wait
    const viewed = command.view(asked);
    const keys = withRecord(viewed, origin);
    let recovery: Recovery | undefined;
    const matter: Matter<Outcome> = {
      keys,
      more: (view) => command.viewMore?.(view, asked) ?? [],
      decide(view, held) {
        const decision = decide(command, asked, origin, view, held);
        recovery = decision.kind === 'refusal' ? command.recover?.(decision.refusal, view, asked) : undefined;
        return decision;
      },
    };
    try {
      return await settle(services, { ...matter, guess: hints?.guess(keys, viewed[0]) });
    } catch (refusal) {
      if (recovery === undefined) throw refusal;
      await recovery(services, origin);
      return settle(services, matter);
    }
  });
}

function withRecord(keys: readonly Key<unknown>[], { idempotency }: Origin): Key<unknown>[] {
  return [...keys, ...(idempotency ? [idempotency.recordKey] : [])];
}

/** Pure: the same from the same view. */
function decide(
  command: Command<unknown>,
  asked: Asked<unknown>,
  origin: Origin,
  view: View,
  keys: readonly Key<unknown>[],
): Decision<Outcome> {
  try {
    command.authorize(view, asked);
    return replay(asked, origin, view) ?? planned(command, asked, origin, view, keys);
  } catch (refusal) {
    return { kind: 'refusal', refusal, restsOn: keys };
  }
}

/** Rests on the record alone: whose loan it is never changes. */
function replay({ now, rules }: Asked<unknown>, { idempotency }: Origin, view: View): Decision<Outcome> | undefined {
  const record = idempotency && view.at(idempotency.recordKey)?.data;
  if (!record || !isAlive(record, now, rules.idempotencyMs)) return undefined;
  const restsOn = [idempotency.recordKey];
  if (record.fingerprint !== idempotency.print) return { kind: 'refusal', refusal: keyReused(), restsOn };
  return { kind: 'answer', result: { result: record.answer, replayOf: record.requestId }, restsOn };
}

function planned(
  command: Command<unknown>,
  asked: Asked<unknown>,
  origin: Origin,
  view: View,
  keys: readonly Key<unknown>[],
): Decision<Outcome> {
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
  return writes.length > 0 ? { kind: 'commit', result: outcome, writes, restsOn } : { kind: 'answer', result: outcome, restsOn };
}
