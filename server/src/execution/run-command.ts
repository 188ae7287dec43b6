import { writesForPlan } from './commit-writes.ts';
import { createRecord, type Idempotency, replay } from './idempotency.ts';
import { JsonBody } from './json-body.ts';
import { type Decision, decideAndCommit } from './optimistic-commit.ts';
import type { Services } from './services.ts';
import type { Command, CommandResult, UseCaseContext } from './use-case.ts';
import type { View } from './view.ts';

/**
 * Reads the command's view, decides and commits. Commands that share a partition run one after the other within this process,
 * so that they don't cause each other version conflicts.
 */
export async function runCommand(
  services: Services,
  command: Command<unknown>,
  received: UseCaseContext<unknown>,
  idempotency: Idempotency | undefined,
): Promise<CommandResult> {
  const keys = [...command.viewKeys(received), ...(idempotency ? [idempotency.recordKey] : [])];
  const partitions = [...new Set(keys.map(({ partition }) => partition))];
  const run = (deadline: number) => {
    const context = { ...received, now: services.clock() }; // the time at which it runs, not at which it began to wait
    return decideAndCommit(services, {
      keys,
      deadline,
      mayUseCache: true,
      moreKeys: (view) => command.moreViewKeys?.(view, context) ?? [],
      decide: (view) => decide(command, context, idempotency, view),
      recover(error, view) {
        const recovery = command.recover?.(error, view, context);
        return recovery && (() => recovery(services, context.request, deadline));
      },
    });
  };
  return services.mutex.runExclusive(partitions, run, received.caller.userId);
}

/** Authorizes before a replay too: a user who has lost access to the loan must not get the stored response. */
function decide(
  command: Command<unknown>,
  context: UseCaseContext<unknown>,
  idempotency: Idempotency | undefined,
  view: View,
): Decision<CommandResult> {
  command.authorize(view, context);
  const replayed = idempotency && replay(idempotency, view, context);
  if (replayed) return replayed;
  const plan = command.plan(view, context);
  const result = { status: command.success, body: JsonBody.of(plan.body), location: plan.location ?? null };
  return {
    result: { ...result, lendersAdded: plan.lendersAdded ?? 0, decidedHold: plan.decidedHold?.hold },
    writes: writesForPlan(view, plan, command, context, idempotency && createRecord(idempotency, result, context)),
  };
}
