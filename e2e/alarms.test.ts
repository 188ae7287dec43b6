import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE } from '../infra/published.ts';
import { synthesize } from '../infra/testing/synthesized.ts';
import { watchedMetrics } from '../infra/watched-metrics.ts';
import { endpoint, newTable } from '../server/src/testing/dynamodb.ts';
import { cancelled, errorAnswer, NOBODY_THERE, THROTTLED } from '../server/src/testing/dynamodb-errors.ts';
import { answering } from '../server/src/testing/dynamodb-faults.ts';
import { ANY, type DynamoDbProxy, startDynamoDbProxy } from '../server/src/testing/dynamodb-proxy.ts';
import { metricsIn, type PublishedMetric } from '../server/src/testing/emf.ts';
import { type IdentityProvider, startIdentityProvider } from '../server/src/testing/identity-provider.ts';
import { LOAN, lenders } from '../server/src/testing/lab.ts';
import { type ApiFunction, startApiFunction } from './api-function.ts';

/*
 * What alarms and dashboard look at, held against what the function really prints: CloudWatch adds nothing up, so that an
 * alarm on other names or dimensions than these would stay green for ever.
 */

const { json } = synthesize({ issuer: 'https://login.example.com', audience: 'lending' });

let provider: IdentityProvider;
let proxy: DynamoDbProxy;
let api: ApiFunction;
let published: readonly PublishedMetric[] = [];

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
  const conflict = cancelled(['TransactionConflict', 'None', 'None', 'None']);
  for (const fault of [THROTTLED, NOBODY_THERE, conflict, errorAnswer('ValidationException', 'nobody foresaw this')]) {
    proxy.always(ANY, answering(fault));
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
    published = api
      .lines()
      .filter((line) => line.includes('_aws'))
      .flatMap(metricsIn);
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await Promise.all([provider.close(), proxy.stop()]);
  });

  it('is what the function prints, by namespace, name and dimensions', () => {
    const watched = watchedMetrics(json).filter(({ namespace }) => namespace === NAMESPACE);
    const printed = published.map(({ namespace, metric, dimensions }) => tell(namespace, metric, Object.keys(dimensions)));
    expect(new Set(watched.map(({ name }) => name))).toEqual(new Set(['APIError', 'APILatency', 'LendersAdded']));
    for (const { by, namespace, name, dimensions } of watched) expect(printed, by).toContain(tell(namespace, name, dimensions));
  });

  it('are, for the alarm on errors, all failures of ours and no refusal', () => {
    expect(countedBy('ErrorsAlarm')).toEqual(['DatabaseThrottled', 'DatabaseUnavailable', 'Contention', 'UnexpectedError']);
  });

  it('are, for the alarm on throttling, the throttled requests alone', () => {
    expect(countedBy('ThrottledAlarm')).toEqual(['DatabaseThrottled']);
  });
});

function tell(namespace: string, name: string, dimensions: readonly string[]): string {
  return `${namespace} ${name} by ${[...dimensions].sort().join(', ')}`;
}
