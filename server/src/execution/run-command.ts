import { keyReused } from '../domain/errors.ts';
import type { StoredResponse } from '../domain/idempotency.ts';
import type { Key } from '../storage/store.ts';
import { writesForPlan } from './commit-writes.ts';
import { isAlive } from './idempotency.ts';
import { type Decision, type DecisionTask, decideAndCommit } from './optimistic-commit.ts';
import type { RequestMetadata } from './request-metadata.ts';
import type { CommandResult, Services } from './services.ts';
import type { Command, CommandContext, Recovery } from './use-case.ts';
import { keyText, type View } from './view.ts';

/** Decides a command when its turn has come, and commits it. */
export async function runCommand(
  services: Services,
  command: Command<unknown>,
  arrived: CommandContext<unknown>,
  origin: RequestMetadata,
): Promise<CommandResult> {
  const { mutex, viewCache, clock } = services;
  const partitions = [...new Set(withRecord(command.view(arrived), origin).map(({ partition }) => partition))];

  return mutex.runExclusive(partitions, async () => {
    const context = { ...arrived, now: clock() }; // judged when its turn has come, not when it began to wait
    const viewed = command.view(context);
    const keys = withRecord(viewed, origin);
    let recovery: Recovery | undefined;
    const task: DecisionTask<CommandResult> = {
      keys,
      more: (view) => command.viewAlso?.(view, context) ?? [],
      decide(view, held) {
        const decision = decide(command, context, origin, view, held);
        recovery = decision.kind === 'refusal' ? command.recover?.(decision.refusal, view, context) : undefined;
        return decision;
      },
    };
    try {
      return await decideAndCommit(services, { ...task, cachedView: viewCache?.cachedView(keys, viewed[0]) });
    } catch (refusal) {
      if (recovery === undefined) throw refusal;
      await recovery(services, origin);
      return decideAndCommit(services, task);
    }
  });
}

function withRecord(keys: readonly Key<unknown>[], { idempotency }: RequestMetadata): Key<unknown>[] {
  return [...keys, ...(idempotency ? [idempotency.recordKey] : [])];
}

/** Pure: the same from the same view. */
function decide(
  command: Command<unknown>,
  context: CommandContext<unknown>,
  origin: RequestMetadata,
  view: View,
  keys: readonly Key<unknown>[],
): Decision<CommandResult> {
  try {
    command.authorize(view, context);
    return replay(context, origin, view) ?? planned(command, context, origin, view, keys);
  } catch (refusal) {
    return { kind: 'refusal', refusal, readSet: keys };
  }
}

/** Rests on the record alone: whose loan it is never changes. */
function replay(
  { now, rules }: CommandContext<unknown>,
  { idempotency }: RequestMetadata,
  view: View,
): Decision<CommandResult> | undefined {
  const record = idempotency && view.at(idempotency.recordKey)?.data;
  if (!record || !isAlive(record, now, rules.idempotencyMs)) return undefined;
  const readSet = [idempotency.recordKey];
  if (record.fingerprint !== idempotency.print) return { kind: 'refusal', refusal: keyReused(), readSet };
  return { kind: 'answer', result: { result: record.response, replayedRequestId: record.requestId }, readSet };
}

function planned(
  command: Command<unknown>,
  context: CommandContext<unknown>,
  origin: RequestMetadata,
  view: View,
  keys: readonly Key<unknown>[],
): Decision<CommandResult> {
  const { requestId, traceparent, idempotency } = origin;
  const plan = command.plan(view, context);
  const answer: StoredResponse = { status: command.success, body: JSON.stringify(plan.body), location: plan.location ?? null };
  const record = idempotency && {
    key: idempotency.recordKey,
    data: { fingerprint: idempotency.print, response: answer, requestId, at: context.now },
  };
  const outcome = { result: answer, lendersAdded: plan.lendersAdded ?? 0 };
  const writes = writesForPlan(view, plan, command, context, { requestId, traceparent, record });
  const written = new Set(writes.map(({ key }) => keyText(key)));
  const readSet = keys.filter((key) => !written.has(keyText(key)));
  return writes.length > 0 ? { kind: 'commit', result: outcome, writes, readSet } : { kind: 'answer', result: outcome, readSet };
}
