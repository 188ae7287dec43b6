import { beforeAll, describe, expect, it } from 'vitest';
import { BACKGROUND, NAMESPACE } from '../infra/monitoring/metrics.ts';
import { synthesize } from '../infra/testing/synthesized.ts';
import { watchedMetrics } from '../infra/testing/watched-metrics.ts';
import { parseImportId, parseLoanId } from '../server/src/domain/ids.ts';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { found } from '../server/src/testing/app/domain-fixtures.ts';
import { csv, lines } from '../server/src/testing/app/import-helpers.ts';
import { lenders } from '../server/src/testing/app/test-app.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { metricsIn, type PublishedMetric } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { bounceOf } from '../server/src/testing/aws/ses-events.ts';
import { sqsEvent } from '../server/src/testing/aws/sqs.ts';
import { cancelledTransaction, errorResponse, NO_BACKEND, THROTTLED } from '../server/src/testing/dynamodb/errors.ts';
import { respondWith } from '../server/src/testing/dynamodb/faults.ts';
import { ANY, type DynamoDbProxy, startDynamoDbProxy } from '../server/src/testing/dynamodb/proxy.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type ApiFunction, openDeployment } from './deployment.ts';
import { readStream } from './dynamodb-stream.ts';
import { breakImport, poison } from './poison.ts';
import { startSes } from './ses.ts';

/*
 * Compares the metrics of the alarms and the dashboard with those that the functions publish: CloudWatch does not
 * aggregate over dimensions, so an alarm on another name or dimension would never be raised.
 */

const { json } = synthesize({
  issuer: 'https://login.example.com',
  audience: 'lending',
  mailFrom: 'post@example.org',
  publicUrl: 'https://example.org',
});

let published: readonly PublishedMetric[] = [];

/** A mail that SES rejects, and one that bounces, an event batch that becomes a dead letter, and an import that fails. @returns the lines of the functions */
async function causeBackgroundFailures(): Promise<string[]> {
  const table = await newTable({ hasStream: true });
  const ses = await startSes();
  ses.state.rejects = true;
  const store = openDynamoDb(table, optionsAt());
  const deployment = await openDeployment(table);
  try {
    const [api, stream, importing, bounces] = await Promise.all([
      deployment.startApi(),
      deployment.start('stream', ses.settings),
      deployment.start('import', { IMPORT_QUEUE_URL: 'http://127.0.0.1:9' }), // no import needs a second message
      deployment.start('bounces'),
    ]);
    for (const prefix of ['rejected', 'poisoned']) {
      const body = { ...LOAN, lenders: lenders(1, 5, prefix) };
      const loanId = parseLoanId((await api.send('POST', '/loans', { body })).body.loan.loan_id);
      if (loanId && prefix === 'poisoned') await poison(store, loanId, 1);
    }
    await stream.invoke({ Records: await readStream(table) }, INVOCATION);
    await bounces.invoke(bounceOf({ tags: ses.tags.at(-1) ?? {} }), INVOCATION);
    const loan = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location');
    const file = { raw: csv(...lines(1)), headers: { 'Content-Type': 'text/csv' } };
    const { import_id } = (await api.send('POST', `${loan}/lenders/imports`, file)).body.import;
    await breakImport(store, found(parseImportId(import_id), import_id));
    await importing.invoke(sqsEvent(JSON.stringify({ import_id })), INVOCATION);
    return [...stream.lines(), ...importing.lines(), ...bounces.lines()];
  } finally {
    await Promise.all([deployment.close(), ses.close(), store.close()]);
  }
}

/** A success, a validation error, and each type of server error. @returns their statuses */
async function causeAllOutcomes({ send }: ApiFunction, proxy: DynamoDbProxy): Promise<number[]> {
  const path = `${(await send('POST', '/loans', { body: LOAN })).headers.get('Location')}/lenders`;
  const statuses: number[] = [];
  const add = async (amount: number) => {
    const body = { lenders: lenders(1, amount, `lender${statuses.length}-`) };
    statuses.push((await send('POST', path, { body })).status);
  };
  await add(1);
  await add(1_000_000);
  const conflict = cancelledTransaction(['TransactionConflict', 'None', 'None', 'None']);
  for (const fault of [THROTTLED, NO_BACKEND, conflict, errorResponse('ValidationException', 'an unexpected error')]) {
    proxy.always(ANY, respondWith(fault));
    await add(1);
  }
  return statuses;
}

/** The published error types that the query of an alarm counts. */
function countedErrorTypes(logicalId: string): string[] {
  const found = Object.entries(json.Resources).find(([id]) => id.startsWith(logicalId));
  const query = JSON.stringify(found?.[1]).replaceAll('\\"', '"');
  const conditions = [...query.matchAll(/"ErrorType" (!?=) '(\w+)'/g)];
  const types = published.filter(({ metric }) => metric === 'APIError').map(({ dimensions }) => dimensions['ErrorType'] ?? '');
  return types.filter((type) => conditions.every(([, operator, value]) => (operator === '=') === (type === value)));
}

describe.skipIf(endpoint === undefined)('metrics of alarms and dashboard', () => {
  beforeAll(async () => {
    const proxy = await startDynamoDbProxy(endpoint ?? '');
    const deployment = await openDeployment(await newTable());
    const api = await deployment.startApi({ AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
    expect(await causeAllOutcomes(api, proxy)).toEqual([200, 400, 429, 503, 503, 500]);
    published = [...api.lines(), ...(await causeBackgroundFailures())].filter((line) => line.includes('_aws')).flatMap(metricsIn);
    await Promise.all([deployment.close(), proxy.stop()]);
  });

  it('alarms and dashboard use only metrics that the functions publish', () => {
    const watched = watchedMetrics(json).filter(({ namespace }) => [BACKGROUND, NAMESPACE].includes(namespace));
    const printed = published.map(({ namespace, metric, dimensions }) =>
      describeMetric(namespace, metric, Object.keys(dimensions)),
    );
    expect(new Set(watched.map(({ name }) => name))).toEqual(
      new Set([
        ...['APIError', 'APILatency', 'LendersAdded', 'Mails', 'EventsDeadLettered', 'ImportsFailed'],
        ...['RiskBatches', 'RiskScores', 'MailAnswers'],
      ]),
    );
    for (const { by, namespace, name, dimensions } of watched)
      expect(printed, by).toContain(describeMetric(namespace, name, dimensions));
  });

  it('the errors alarm counts all server errors and no client errors', () => {
    expect(countedErrorTypes('ErrorsAlarm')).toEqual(['DatabaseThrottled', 'DatabaseUnavailable', 'Contention', 'UnexpectedError']);
  });

  it('the database-throttled alarm counts only throttled requests', () => {
    expect(countedErrorTypes('DatabaseThrottledAlarm')).toEqual(['DatabaseThrottled']);
  });

  it('the background alarms count failed mails, scores, bounces, dead letters and failed imports', () => {
    const background = published.filter(({ namespace }) => namespace === BACKGROUND);
    expect(background.map(({ metric, dimensions }) => [metric, dimensions])).toEqual(
      expect.arrayContaining([
        ['Mails', { Kind: 'invitation', Outcome: 'failed' }],
        ['EventsDeadLettered', { Handler: 'mail' }],
        ['ImportsFailed', { Code: 'INTERNAL_ERROR' }],
        ['RiskBatches', { Outcome: 'passed' }],
        ['RiskScores', {}],
        ['MailAnswers', { Answer: 'bounced' }],
      ]),
    );
  });
});

function describeMetric(namespace: string, name: string, dimensions: readonly string[]): string {
  return `${namespace} ${name} by ${[...dimensions].sort().join(', ')}`;
}
