import { BatchExecuteStatementCommand, type BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { CommandId } from '../../domain/ids.ts';
import { type CommitResult, type Item, isDelete, keyText, StoreError, type Write } from '../store.ts';
import { retryWhen } from './backoff.ts';
import type { DynamoDbConnection } from './client.ts';
import { isThrottlingReason } from './error-classification.ts';
import { type Attributes, MalformedError, storedItemOf, toAttributes } from './items.ts';
import { LAYOUT } from './layout.ts';
import { batchGet } from './reads.ts';

/*
 * Writes that are made each on its own condition, at half the price of a transaction. A batch of PartiQL statements is the only
 * request that takes several of them: `BatchWriteItem` has no conditions.
 */

/** DynamoDB's own limit for a batch. */
const STATEMENTS_MAX = 25;
const RETRIES_MS_MAX = 4000;
const CONDITION_FAILED: ReadonlySet<string | undefined> = new Set(['ConditionalCheckFailed', 'DuplicateItem']);
/** A transaction on the item is under way; or whether the statement was carried out is unknown: then its condition fails next time. */
const TEMPORARY: ReadonlySet<string | undefined> = new Set(['InternalServerError', 'TransactionConflict']);
const MISCONFIGURED: ReadonlySet<string | undefined> = new Set(['AccessDenied', 'ResourceNotFound']);
/** The attributes that an item may lack. */
const OPTIONAL = [LAYOUT.index.partition, LAYOUT.index.sort, 'x', LAYOUT.expiry];

/** Some statements of a batch failed, and may succeed if they are sent again. */
class UnfinishedError extends Error {}

const retries = retryWhen((thrown) => thrown instanceof UnfinishedError, { attemptsMax: 7, initialMs: 20, maxMs: 500 });

/** @throws StoreError `unavailable` where some of the writes may not have been made */
export async function writeSeparately(
  connection: DynamoDbConnection,
  table: string,
  command: CommandId,
  writes: readonly Write[],
): Promise<CommitResult> {
  const starts = Array.from({ length: Math.ceil(writes.length / STATEMENTS_MAX) }, (_, page) => page * STATEMENTS_MAX);
  const pages = starts.map((start) => writePage(connection, table, command, writes.slice(start, start + STATEMENTS_MAX)));
  const results = await Promise.allSettled(pages);
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw toUnavailable(rejected.reason);
  const failed = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  if (failed.length === 0) return { committed: true };
  const found = await batchGet(
    connection,
    table,
    failed.map(({ key }) => key),
  ).catch((thrown: unknown) => {
    throw toUnavailable(thrown);
  });
  const items = new Map<string, Item<unknown>>(found.map((item) => [keyText(item.key), item]));
  // A write whose response was lost fails the next time: it is recognized by its command.
  const current = new Map(
    failed
      .map((write) => [writes.indexOf(write), items.get(keyText(write.key))] as const)
      .filter(([, item]) => item?.command !== command),
  );
  return current.size === 0 ? { committed: true } : { committed: false, current };
}

/** Not `throttled` or `busy`, which say that nothing was done. */
function toUnavailable(thrown: unknown): unknown {
  if (!(thrown instanceof StoreError) && !(thrown instanceof UnfinishedError)) return thrown;
  return new StoreError('unavailable', `some writes may be missing: ${thrown.message}`, thrown);
}

/** @returns the writes whose conditions failed */
async function writePage(
  connection: DynamoDbConnection,
  table: string,
  command: CommandId,
  writes: readonly Write[],
): Promise<Write[]> {
  const failed: Write[] = [];
  let left = writes;
  await retries.execute(async () => {
    const codes = await connection.sendWithRetries((abortSignal) =>
      send(connection, statements(table, command, left), abortSignal),
    );
    failed.push(...left.filter((_, position) => CONDITION_FAILED.has(codes[position])));
    left = left.filter((_, position) => codes[position] !== undefined && !CONDITION_FAILED.has(codes[position]));
    const reasons = codes.filter((code) => code !== undefined && !CONDITION_FAILED.has(code));
    const misconfigured = reasons.find((code) => MISCONFIGURED.has(code));
    if (misconfigured !== undefined) throw new StoreError('unavailable', `a statement failed: ${misconfigured}`);
    const bug = reasons.find((code) => !TEMPORARY.has(code) && !isThrottlingReason(code));
    if (bug !== undefined) throw new Error(`a statement can not be carried out: ${bug}`);
    if (left.length > 0) throw new UnfinishedError(`${left.length} statements failed: ${reasons[0]}`);
  }, AbortSignal.timeout(RETRIES_MS_MAX));
  return failed;
}

/** @returns the codes of the statements' errors; undefined where one succeeded */
async function send(
  { client }: DynamoDbConnection,
  Statements: BatchStatementRequest[],
  abortSignal: AbortSignal,
): Promise<(string | undefined)[]> {
  const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }), { abortSignal });
  if (Responses.length !== Statements.length)
    throw new MalformedError(`a response has the results of ${Responses.length} of ${Statements.length} statements`);
  return Responses.map(({ Error: error }) => error && (error.Code ?? 'an error without a code'));
}

function statements(table: string, command: CommandId, writes: readonly Write[]): BatchStatementRequest[] {
  return writes.map((write) => {
    const { partition, sort } = write.key;
    const where = `WHERE "${LAYOUT.partition}" = ? AND "${LAYOUT.sort}" = ? AND "v" = ?`;
    const condition = [{ S: partition }, { S: sort }, { N: String(write.expected) }];
    if (isDelete(write)) return { Statement: `DELETE FROM "${table}" ${where}`, Parameters: condition };
    const attributes = toAttributes(storedItemOf(command, write));
    if (write.expected === 0) return insert(table, attributes);
    const { [LAYOUT.partition]: _p, [LAYOUT.sort]: _s, ...changed } = attributes;
    const set = Object.keys(changed).map((name) => `SET "${name}" = ?`);
    const remove = OPTIONAL.filter((name) => !(name in changed)).map((name) => `REMOVE "${name}"`);
    const Statement = `UPDATE "${table}" ${[...set, ...remove].join(' ')} ${where}`;
    return { Statement, Parameters: [...Object.values(changed), ...condition] };
  });
}

function insert(table: string, attributes: Attributes): BatchStatementRequest {
  const members = Object.keys(attributes).map((name) => `'${name}': ?`);
  return { Statement: `INSERT INTO "${table}" VALUE {${members.join(', ')}}`, Parameters: Object.values(attributes) };
}
