import { LAYOUT } from '../../storage/dynamodb/layout.ts';
import { cancelledTransaction, errorResponse } from './errors.ts';
import type { ProxiedRequest, ProxyRule } from './proxy.ts';

/* DynamoDB, unlike DynamoDB Local, rejects a transaction while another one is under way on its items. */

interface Transaction {
  readonly token: string;
  readonly keys: readonly string[];
}

const IN_PROGRESS = errorResponse(
  'TransactionInProgressException',
  'The transaction with the given request token is already in progress.',
);

/**
 * A rule for all requests. Transactional reads are rejected during a write, and conflict with nothing themselves.
 * @param hold keeps each write under way after it was carried out, so that others meet it
 */
export function simulateConflicts(hold?: () => Promise<unknown>): ProxyRule {
  const writing = new Set<Transaction>();
  return async ({ request, forward, respond }) => {
    const own: Transaction = { token: request.body.ClientRequestToken ?? '', keys: keysOf(request) };
    const others = [...writing].filter((other) => other.keys.some((key) => own.keys.includes(key)));
    if (others.some(({ token }) => token === own.token)) return respond(IN_PROGRESS);
    const isBusy = (key: string) => others.some(({ keys }) => keys.includes(key));
    if (others.length > 0)
      return respond(cancelledTransaction(own.keys.map((key) => (isBusy(key) ? 'TransactionConflict' : 'None'))));
    const isWrite = request.operation === 'TransactWriteItems';
    if (isWrite) writing.add(own);
    try {
      const response = await forward();
      if (isWrite) await hold?.();
      respond(response);
    } finally {
      writing.delete(own);
    }
  };
}

type Action = Readonly<Record<'TableName' | 'Key' | 'Item', Readonly<Record<string, unknown>> | undefined>>;

/** The items of a transaction, in the order of its actions; none for other requests. */
function keysOf({ operation, body }: ProxiedRequest): string[] {
  if (!operation.startsWith('Transact')) return [];
  const actions: Record<string, Action>[] = body.TransactItems;
  return actions.flatMap(Object.values).map(({ TableName, Key, Item }: Action) => {
    const key = Key ?? Item ?? {};
    return JSON.stringify([TableName, key[LAYOUT.partition], key[LAYOUT.sort]]);
  });
}
