import { LAYOUT } from '../../storage/dynamodb/layout.ts';
import { cancelledTransaction, errorResponse } from './errors.ts';
import type { ProxiedRequest, ProxyRule } from './proxy.ts';

/* What DynamoDB does and DynamoDB Local does not: it refuses a transaction as long as another is under way on its items. */

interface UnderWay {
  readonly token: string;
  readonly places: ReadonlySet<string>;
}

const IN_PROGRESS = errorResponse(
  'TransactionInProgressException',
  'The transaction with the given request token is already in progress.',
);

/**
 * A treatment for every request. Reads are refused where a write is under way, but stand in nobody's way themselves.
 * @param hold each write, done by then, stays under way until this is over, so that others meet it
 */
export function simulateConflicts(hold?: () => Promise<unknown>): ProxyRule {
  const writing = new Set<UnderWay>();
  return async ({ request, forward, respond }) => {
    const places = placesIn(request);
    const token: string = request.body.ClientRequestToken ?? '';
    const others = [...writing].filter((other) => places.some((place) => other.places.has(place)));
    if (others.some((other) => other.token === token)) return respond(IN_PROGRESS);
    if (others.length > 0)
      return respond(cancelledTransaction(places.map((place) => (isIn(others, place) ? 'TransactionConflict' : 'None'))));
    const own = { token, places: new Set(places) };
    if (request.operation === 'TransactWriteItems') writing.add(own);
    try {
      const answer = await forward();
      if (writing.has(own)) await hold?.();
      respond(answer);
    } finally {
      writing.delete(own);
    }
  };
}

function isIn(transactions: readonly UnderWay[], place: string): boolean {
  return transactions.some(({ places }) => places.has(place));
}

interface Action {
  readonly TableName: string;
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly Item?: Readonly<Record<string, unknown>>;
}

/** The items of a transaction, in the order of its actions; none where the request is no transaction. */
function placesIn({ operation, body }: ProxiedRequest): string[] {
  if (!operation.startsWith('Transact')) return [];
  const actions: Record<string, Action>[] = body.TransactItems;
  return actions.flatMap(Object.values).map(({ TableName, Key, Item }: Action) => {
    const at = Key ?? Item ?? {};
    return JSON.stringify([TableName, at[LAYOUT.partition], at[LAYOUT.sort]]);
  });
}
