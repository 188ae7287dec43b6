import { randomUUID } from 'node:crypto';
import {
  TransactGetItemsCommand,
  type TransactGetItemsOutput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { CommandId } from '../../domain/ids.ts';
import { type CommitResult, type Item, isDelete, type Key, StoreError, type Write } from '../store.ts';
import { retryWhen } from './backoff.ts';
import type { DynamoDbConnection } from './client.ts';
import { isOutcomeUnknown, isThrottlingReason, toStoreError } from './error-classification.ts';
import { MalformedError, requireCapacity, storedItemOf, toAttributes, toItem, toKeyAttributes, WITH_CAPACITY } from './items.ts';
import { LAYOUT } from './layout.ts';

/** The current items where conditions failed, by position in the writes. */
type CurrentItems = ReadonlyMap<number, Item<unknown> | undefined>;

/** Another transaction is under way on one of the items. Nothing was done, and a retry will succeed. */
class ConflictError extends Error {
  /** Of the conditions that failed besides. */
  readonly current: CurrentItems;

  constructor(current: CurrentItems) {
    super('other transactions kept interfering');
    this.name = 'ConflictError';
    this.current = current;
  }
}

const CONFLICT = 'TransactionConflict';
const CONDITION_FAILED = 'ConditionalCheckFailed';
/** Any other reason is a programming error. */
const EXPECTED_REASONS: ReadonlySet<string | undefined> = new Set([CONFLICT, CONDITION_FAILED, 'None']);

const conflictRetries = retryWhen((thrown) => thrown instanceof ConflictError, { attemptsMax: 7, initialMs: 10, maxMs: 200 });

/** Callers wait, and a Lambda function times out after some seconds. */
const CONFLICT_RETRIES_MS_MAX = 4000;

function retryConflicts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  return conflictRetries.execute(attempt, AbortSignal.timeout(CONFLICT_RETRIES_MS_MAX));
}

/** Reads all items as of one moment. @param keys distinct */
export async function transactGet<Data>(
  connection: DynamoDbConnection,
  table: string,
  keys: readonly Key<Data>[],
): Promise<(Item<Data> | undefined)[]> {
  const input = { TransactItems: keys.map((key) => ({ Get: { TableName: table, Key: toKeyAttributes(key) } })) };
  const attempt = () =>
    connection
      .sendWithRetries(async (abortSignal) =>
        itemsIn<Data>(await connection.client.send(new TransactGetItemsCommand(input), { abortSignal }), keys.length),
      )
      .catch((thrown: unknown) => {
        if (thrown instanceof TransactionCanceledException) failedConditionsOf(thrown, keys.length); // throws: a read has none
        throw thrown;
      });
  return retryConflicts(attempt).catch((thrown: unknown) => {
    throw thrown instanceof ConflictError ? new StoreError('busy', thrown.message, thrown) : thrown;
  });
}

function itemsIn<Data>({ Responses = [] }: TransactGetItemsOutput, count: number): (Item<Data> | undefined)[] {
  if (Responses.length !== count) throw new MalformedError(`a response has ${Responses.length} of ${count} items`);
  return Responses.map(({ Item }) => Item && toItem<Data>(Item));
}

/**
 * Commits all writes or none. After a lost response it finds out whether they were committed.
 * @throws StoreError `unavailable` where that can't be found out
 */
export async function transactWrite(
  connection: DynamoDbConnection,
  table: string,
  command: CommandId,
  writes: readonly Write[],
): Promise<CommitResult> {
  const TransactItems = writes.map((write) => toTransactItem(table, command, write));
  let mayBeCommitted = false;
  const attempt = (): Promise<CurrentItems | undefined> => {
    // The token makes it safe to resend the same transaction. After a cancellation the next attempt needs a new token.
    const input = { TransactItems, ClientRequestToken: randomUUID(), ...WITH_CAPACITY };
    const send = async (abortSignal: AbortSignal) => {
      try {
        requireCapacity(await connection.client.send(new TransactWriteItemsCommand(input), { abortSignal }));
      } catch (thrown) {
        mayBeCommitted ||= isOutcomeUnknown(thrown);
        throw thrown;
      }
    };
    return connection.sendWithRetries(send).then(
      () => undefined,
      (thrown: unknown) => failedConditionsOf(thrown, writes.length),
    );
  };
  // An earlier attempt may have been carried out without a response: its items then fail the conditions of a later one.
  const isOurs = (item: Item<unknown> | undefined) => item?.command === command;
  try {
    const current = await retryConflicts(attempt).catch(failedConditionsDespiteConflict);
    if (!current || [...current.values()].some(isOurs)) return { committed: true };
    if (!mayBeCommitted) return { committed: false, current };
    // Others may have overwritten our items where the conditions failed, so all of them are read.
    const keys = writes.map(({ key }) => key);
    const all = await transactGet(connection, table, keys);
    return all.some(isOurs) ? { committed: true } : { committed: false, current };
  } catch (thrown) {
    if (!mayBeCommitted || !(thrown instanceof StoreError)) throw thrown;
    // Why a later attempt failed says nothing about an earlier one.
    throw new StoreError('unavailable', `after an attempt of unknown outcome: ${thrown.message}`, thrown);
  }
}

function toTransactItem(table: string, command: CommandId, write: Write): TransactWriteItem {
  const condition =
    write.expected === 0
      ? { ConditionExpression: `attribute_not_exists(${LAYOUT.partition})` }
      : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': { N: String(write.expected) } } };
  const request = { TableName: table, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
  if (isDelete(write)) return { Delete: { ...request, Key: toKeyAttributes(write.key) } };
  return { Put: { ...request, Item: toAttributes(storedItemOf(command, write)) } };
}

/**
 * The current items where a transaction's conditions failed.
 * @throws ConflictError, StoreError or the error itself where it was not cancelled for its conditions
 */
function failedConditionsOf(thrown: unknown, count: number): CurrentItems {
  if (!(thrown instanceof TransactionCanceledException)) throw thrown;
  const reasons = thrown.CancellationReasons ?? [];
  if (reasons.some(({ Code }) => isThrottlingReason(Code))) throw new StoreError('throttled', thrown.message, thrown);
  const bugs = reasons.filter(({ Code }) => !EXPECTED_REASONS.has(Code)).map(({ Code, Message }) => `${Code}: ${Message}`);
  // Without `cause`, which would put the current items of other positions into the log.
  if (bugs.length > 0) throw new Error(`a transaction can not be carried out: ${bugs.join(', ')}`);
  const current: CurrentItems = new Map(
    [...reasons.entries()]
      .filter(([, { Code }]) => Code === CONDITION_FAILED)
      .map(([position, { Item }]) => [position, Item && currentItem(Item)]),
  );
  if (reasons.some(({ Code }) => Code === CONFLICT)) throw new ConflictError(current);
  if (reasons.length === count && current.size > 0) return current;
  throw new StoreError('unavailable', 'a transaction was cancelled without a reason', thrown);
}

function currentItem(attributes: Parameters<typeof toItem>[0]): Item<unknown> {
  try {
    return toItem(attributes);
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

/** A failed condition is final even where others kept interfering: versions only grow. */
function failedConditionsDespiteConflict(thrown: unknown): CurrentItems {
  if (!(thrown instanceof ConflictError)) throw thrown;
  if (thrown.current.size > 0) return thrown.current;
  throw new StoreError('busy', thrown.message, thrown);
}
