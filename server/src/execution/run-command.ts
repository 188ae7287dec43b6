import { keyReused } from '../domain/errors.ts';
import type { IdempotencyRecord, StoredResponse } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Key } from '../storage/store.ts';
import { writesForPlan } from './commit-writes.ts';
import { type Decision, decideAndCommit } from './decide-and-commit.ts';
import { isUnexpired } from './idempotency.ts';
import { JsonBody } from './json-body.ts';
import type { Services } from './services.ts';
import type { Command, CommandContext, UseCaseResult } from './use-case.ts';
import type { View } from './view.ts';

export interface Idempotency {
  readonly recordKey: Key<IdempotencyRecord>;
  /** Tells whether another request under the same key is the same one. */
  readonly fingerprint: string;
}

export interface CommandResult extends UseCaseResult {
  /** The request whose response is replayed. */
  readonly replayedRequestId?: RequestId;
  readonly lendersAdded?: number;
}

/**
 * Reads the command's view, decides and commits. Commands that share a partition run one after the other within this process,
 * so that they don't cause each other version conflicts.
 */
export async function runCommand(
  services: Services,
  command: Command<unknown>,
  received: CommandContext<unknown>,
  idempotency: Idempotency | undefined,
): Promise<CommandResult> {
  const keys = [...command.viewKeys(received), ...(idempotency ? [idempotency.recordKey] : [])];
  const partitions = [...new Set(keys.map(({ partition }) => partition))];
  return services.mutex.runExclusive(partitions, () => {
    const context = { ...received, now: services.clock() }; // the time at which it runs, not at which it began to wait
    return decideAndCommit(services, {
      keys,
      mayUseCache: true,
      moreKeys: (view) => command.moreViewKeys?.(view, context) ?? [],
      decide: (view) => decide(command, context, idempotency, view),
      recover(error, view) {
        const recovery = command.recover?.(error, view, context);
        return recovery && (() => recovery(services, context.request));
      },
    });
  });
}

/** Authorizes even a replay: a key is worth nothing to somebody who has lost access. */
function decide(
  command: Command<unknown>,
  context: CommandContext<unknown>,
  idempotency: Idempotency | undefined,
  view: View,
): Decision<CommandResult> {
  command.authorize(view, context);
  return replay(context, idempotency, view) ?? planned(command, context, idempotency, view);
}

function replay(
  { now, rules }: CommandContext<unknown>,
  idempotency: Idempotency | undefined,
  view: View,
): Decision<CommandResult> | undefined {
  const record = idempotency && view.at(idempotency.recordKey)?.data;
  if (!record || !isUnexpired(record, now, rules.idempotencyMs)) return undefined;
  if (record.fingerprint !== idempotency.fingerprint) throw keyReused();
  const { status, body, location } = record.response;
  return {
    result: { status, body: JsonBody.fromText(body), location, replayedRequestId: record.requestId },
    writes: [],
    readSet: [idempotency.recordKey], // `authorize` reads besides what never changes: whose loan or invitation it is
  };
}

function planned(
  command: Command<unknown>,
  context: CommandContext<unknown>,
  idempotency: Idempotency | undefined,
  view: View,
): Decision<CommandResult> {
  const plan = command.plan(view, context);
  const result = { status: command.success, body: JsonBody.of(plan.body), location: plan.location ?? null };
  const record = idempotency && {
    key: idempotency.recordKey,
    data: {
      fingerprint: idempotency.fingerprint,
      response: toStored(result),
      requestId: context.request.requestId,
      at: context.now,
    },
  };
  return {
    result: { ...result, lendersAdded: plan.lendersAdded ?? 0 },
    writes: writesForPlan(view, plan, command, context, record),
  };
}

function toStored({ status, body, location }: UseCaseResult): StoredResponse {
  return { status, body: body.text, location };
}
