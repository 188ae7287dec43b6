import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKGROUND, NAMESPACE } from '../infra/monitoring/metrics.ts';
import { synthesize } from '../infra/testing/synthesized.ts';
import { watchedMetrics } from '../infra/testing/watched-metrics.ts';
import { parseLoanId } from '../server/src/domain/ids.ts';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { LOAN, lenders } from '../server/src/testing/app/test-app.ts';
import { metricsIn, type PublishedMetric } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { cancelledTransaction, errorResponse, NO_BACKEND, THROTTLED } from '../server/src/testing/dynamodb/errors.ts';
import { respondWith } from '../server/src/testing/dynamodb/faults.ts';
import { ANY, type DynamoDbProxy, startDynamoDbProxy } from '../server/src/testing/dynamodb/proxy.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { type ApiFunction, OF_AWS, startApiFunction } from './api-function.ts';
import { recordsOf } from './dynamodb-stream.ts';
import { STREAM, startFunction } from './lambda-function.ts';
import { poison } from './poison.ts';
import { startSes } from './ses.ts';

/*
 * What alarms and dashboard look at, held against what the functions really print: CloudWatch adds nothing up, so that an
 * alarm on other names or dimensions than these would stay green for ever.
 */

const { json } = synthesize({ issuer: 'https://login.example.com', audience: 'lending' });

let provider: IdentityProvider;
let proxy: DynamoDbProxy;
let api: ApiFunction;
let published: readonly PublishedMetric[] = [];

/** Has the function of the stream fail on a mail for good, and set a change aside. @returns what it printed */
async function printedBehindTheStream(): Promise<string[]> {
  const table = await newTable({ hasStream: true });
  const ses = await startSes();
  ses.state.refuses = true;
  const store = openDynamoDb(table, optionsAt());
  const behind = await startApiFunction(provider, table);
  const there = { STORE: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '' };
  const stream = await startFunction(STREAM, { ...OF_AWS, ...there, ...ses.settings });
  try {
    for (const prefix of ['refused', 'poisoned']) {
      const body = { ...LOAN, lenders: lenders(1, 5, prefix) };
      const loanId = parseLoanId((await behind.send('POST', '/loans', { body })).body.loan.loan_id);
      if (loanId && prefix === 'poisoned') await poison(store, loanId, 1);
    }
    await stream.invoke({ Records: await recordsOf(table) }, INVOCATION);
    return stream.lines();
  } finally {
    await Promise.all([behind.stop(), stream.stop(), ses.close(), store.close()]);
  }
}

/** Has the function print all that it can: a success, a refusal, and each kind of failure of ours. */
async function runThrough({ send }: ApiFunction): Promise<number[]> {
  const path = `${(await send('POST', '/loans', { body: LOAN })).headers.get('Location')}/lenders`;
  const statuses: number[] = [];
  const add = async (amount: number) => {
    const body = { lenders: lenders(1, amount, `lender${statuses.length}-`) };
    statuses.push((await send('POST', path, { body })).status);
  };
  await add(1);
  await add(1_000_000);
  const conflict = cancelledTransaction(['TransactionConflict', 'None', 'None', 'None']);
  for (const fault of [THROTTLED, NO_BACKEND, conflict, errorResponse('ValidationException', 'nobody foresaw this')]) {
    proxy.always(ANY, respondWith(fault));
    await add(1);
  }
  return statuses;
}

/** The types of errors that an alarm's query counts, out of those that were printed. */
function countedBy(logicalId: string): string[] {
  const found = Object.entries(json.Resources).find(([id]) => id.startsWith(logicalId));
  const query = JSON.stringify(found?.[1]).replaceAll('\\"', '"');
  const conditions = [...query.matchAll(/"ErrorType" (!?=) '(\w+)'/g)];
  const types = published.filter(({ metric }) => metric === 'APIError').map(({ dimensions }) => dimensions['ErrorType'] ?? '');
  return types.filter((type) => conditions.every(([, operator, value]) => (operator === '=') === (type === value)));
}

describe.skipIf(endpoint === undefined)('what is watched', () => {
  beforeAll(async () => {
    [provider, proxy] = await Promise.all([startIdentityProvider(), startDynamoDbProxy(endpoint ?? '')]);
    api = await startApiFunction(provider, await newTable(), { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
    expect(await runThrough(api)).toEqual([200, 400, 429, 503, 503, 500]);
    published = [...api.lines(), ...(await printedBehindTheStream())].filter((line) => line.includes('_aws')).flatMap(metricsIn);
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await Promise.all([provider.close(), proxy.stop()]);
  });

  it('is what the functions print, by namespace, name and dimensions', () => {
    const watched = watchedMetrics(json).filter(({ namespace }) => [BACKGROUND, NAMESPACE].includes(namespace));
    const printed = published.map(({ namespace, metric, dimensions }) => tell(namespace, metric, Object.keys(dimensions)));
    expect(new Set(watched.map(({ name }) => name))).toEqual(
      new Set(['APIError', 'APILatency', 'LendersAdded', 'Mails', 'EventsDeadLettered']),
    );
    for (const { by, namespace, name, dimensions } of watched) expect(printed, by).toContain(tell(namespace, name, dimensions));
  });

  it('are, for the alarm on errors, all failures of ours and no refusal', () => {
    expect(countedBy('ErrorsAlarm')).toEqual(['DatabaseThrottled', 'DatabaseUnavailable', 'Contention', 'UnexpectedError']);
  });

  it('are, for the alarm on throttling, the throttled requests alone', () => {
    expect(countedBy('ThrottledAlarm')).toEqual(['DatabaseThrottled']);
  });

  it('are, for the alarms on what follows, a mail that was given up and a change that was set aside', () => {
    const background = published.filter(({ namespace }) => namespace === BACKGROUND);
    expect(background.map(({ metric, dimensions }) => [metric, dimensions])).toEqual(
      expect.arrayContaining([
        ['Mails', { Kind: 'invitation', Outcome: 'failed' }],
        ['EventsDeadLettered', { Handler: 'mail' }],
      ]),
    );
  });
});

function tell(namespace: string, name: string, dimensions: readonly string[]): string {
  return `${namespace} ${name} by ${[...dimensions].sort().join(', ')}`;
}
