import { randomUUID } from 'node:crypto';
import {
  TransactGetItemsCommand,
  type TransactGetItemsOutput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, fullJitterGenerator, handleType, retry } from 'cockatiel';
import type { CommandId } from '../../domain/ids.ts';
import { type CommitResult, type Item, isDelete, type Key, StoreError, type Write } from '../store.ts';
import type { Connection } from './client.ts';
import { isOutcomeUnknown, isThrottlingReason, toStoreError } from './error-classification.ts';
import {
  MalformedError,
  requireConsumedCapacity,
  storedItemOf,
  toAttributes,
  toItem,
  toKeyAttributes,
  WITH_CONSUMED_CAPACITY,
} from './items.ts';
import { LAYOUT } from './layout.ts';

/* What must be seen, or done, as of one moment. */

type Standing = ReadonlyMap<number, Item<unknown> | undefined>;

/** Another transaction is under way on an item of this one. Nothing was done, and soon nothing will be in the way. */
class ConflictError extends Error {
  /** What the refusal told besides. */
  readonly current: Standing;

  constructor(standing: Standing) {
    super('other transactions kept coming in between');
    this.name = 'ConflictError';
    this.current = standing;
  }
}

const CONFLICTING = 'TransactionConflict';
const FAILED = 'ConditionalCheckFailed';
/** Of these a reason may be: anything else is a mistake of ours. */
const FORESEEN: ReadonlySet<string | undefined> = new Set([CONFLICTING, FAILED, 'None']);

const conflictRetries = retry(handleType(ConflictError), {
  maxAttempts: 6,
  backoff: new ExponentialBackoff({ initialDelay: 10, maxDelay: 200, generator: fullJitterGenerator }),
});

/** After so long a conflict is final: callers wait, and a function is ended after some seconds. */
const CONFLICTING_MS_MAX = 4000;

function retryConflicts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  return conflictRetries.execute(attempt, AbortSignal.timeout(CONFLICTING_MS_MAX));
}

/** @param keys distinct */
export async function transactGet<Data>(
  connection: Connection,
  table: string,
  keys: readonly Key<Data>[],
): Promise<(Item<Data> | undefined)[]> {
  const input = { TransactItems: keys.map((key) => ({ Get: { TableName: table, Key: toKeyAttributes(key) } })) };
  const read = async (abortSignal: AbortSignal) =>
    itemsIn<Data>(await connection.client.send(new TransactGetItemsCommand(input), { abortSignal }), keys.length);
  return retryConflicts(() =>
    connection.sendWithRetries(read).catch((thrown: unknown) => failCancelled(thrown, keys.length)),
  ).catch((thrown: unknown) => {
    throw thrown instanceof ConflictError ? new StoreError('busy', thrown.message, thrown) : thrown;
  });
}

function itemsIn<Data>({ Responses = [] }: TransactGetItemsOutput, count: number): (Item<Data> | undefined)[] {
  if (Responses.length !== count) throw new MalformedError(`of ${count} items ${Responses.length} were told`);
  return Responses.map(({ Item }) => Item && toItem<Data>(Item));
}

/** A read has no conditions that could fail, so that it is cancelled by others only. */
function failCancelled(thrown: unknown, count: number): never {
  if (thrown instanceof TransactionCanceledException) standingIn(thrown, count);
  throw thrown;
}

/** Whether it was done is known in the end, however the way there was: @throws StoreError only where it can't be found out. */
export async function transactWrite(
  connection: Connection,
  table: string,
  command: CommandId,
  writes: readonly Write[],
): Promise<CommitResult> {
  const TransactItems = writes.map((write) => conditional(table, command, write));
  let isDoubted = false;
  const attempt = (): Promise<Standing | undefined> => {
    // The token makes sending the same again harmless. A refused transaction is over, and what follows it is another one.
    const input = { TransactItems, ClientRequestToken: randomUUID(), ...WITH_CONSUMED_CAPACITY };
    const write = async (abortSignal: AbortSignal) => {
      try {
        requireConsumedCapacity(await connection.client.send(new TransactWriteItemsCommand(input), { abortSignal }));
      } catch (thrown) {
        isDoubted ||= isOutcomeUnknown(thrown);
        throw thrown;
      }
    };
    return connection.sendWithRetries(write).then(
      () => undefined,
      (thrown: unknown) => standingIn(thrown, writes.length),
    );
  };
  // An earlier try may have been carried out unheard: its items then stand in the way of the later one.
  const isOurs = (item: Item<unknown> | undefined) => item?.command === command;
  try {
    const current = await retryConflicts(attempt).catch(standingBesides);
    if (!current || [...current.values()].some(isOurs)) return { committed: true };
    // Others may have changed since then what the refusal tells of, so that all of it is asked for.
    const all = isDoubted
      ? await transactGet(
          connection,
          table,
          writes.map(({ key }) => key),
        )
      : [];
    return all.some(isOurs) ? { committed: true } : { committed: false, current };
  } catch (thrown) {
    throw isDoubted ? inDoubt(thrown) : thrown;
  }
}

/** What refuses a later try tells nothing of an earlier one. */
function inDoubt(thrown: unknown): unknown {
  return thrown instanceof StoreError ? new StoreError('unavailable', `after a try in doubt: ${thrown.message}`, thrown) : thrown;
}

function conditional(table: string, command: CommandId, write: Write): TransactWriteItem {
  const condition =
    write.expected === 0
      ? { ConditionExpression: `attribute_not_exists(${LAYOUT.partition})` }
      : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': { N: String(write.expected) } } };
  const request = { TableName: table, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
  if (isDelete(write)) return { Delete: { ...request, Key: toKeyAttributes(write.key) } };
  return { Put: { ...request, Item: toAttributes(storedItemOf(command, write)) } };
}

/** What stands where a transaction's own conditions failed. @throws what else cancelled it */
function standingIn(thrown: unknown, count: number): Standing {
  if (!(thrown instanceof TransactionCanceledException)) throw thrown;
  const reasons = thrown.CancellationReasons ?? [];
  if (reasons.some(({ Code }) => isThrottlingReason(Code))) throw new StoreError('throttled', thrown.message, thrown);
  const mistakes = reasons.filter(({ Code }) => !FORESEEN.has(Code)).map(({ Code, Message }) => `${Code}: ${Message}`);
  // Thrown as it came, it would tell the log what stands where another condition failed.
  if (mistakes.length > 0) throw new Error(`a transaction can not be carried out: ${mistakes.join(', ')}`);
  const standing = new Map(
    [...reasons.entries()]
      .filter(([, { Code }]) => Code === FAILED)
      .map(([position, { Item }]) => [position, Item && told(Item)] as const),
  );
  if (reasons.some(({ Code }) => Code === CONFLICTING)) throw new ConflictError(standing);
  if (reasons.length === count && standing.size > 0) return standing;
  throw new StoreError('unavailable', 'a transaction was cancelled, and not told why', thrown);
}

function told(attributes: Parameters<typeof toItem>[0]): Item<unknown> {
  try {
    return toItem(attributes);
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

/** Others kept coming in between; a condition that failed meanwhile stays so, since versions only grow. */
function standingBesides(thrown: unknown): Standing {
  if (!(thrown instanceof ConflictError)) throw thrown;
  if (thrown.current.size > 0) return thrown.current;
  throw new StoreError('busy', thrown.message, thrown);
}
