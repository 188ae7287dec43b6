import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import type { MailSender } from '../mail/mail-sender.ts';
import { auditLogHandler } from '../outbox/audit-log-handler.ts';
import { type EventHandler, OutboxDispatcher } from '../outbox/dispatcher.ts';
import { eventBatchesOf, eventBatchKey, loanKey, outboxOf } from '../storage/keys.ts';
import { type Item, type Store, StoreError } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { type LogLine, linesOf } from '../testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { recordOf } from '../testing/aws/stream-records.ts';
import { type StreamWork, streamHandler } from './stream-handler.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const NONE = { batchItemFailures: [] };

let testApp: TestApp;
let logged: string[];
let records: DynamoDBRecord[];
let first: LoanId;
let other: LoanId;

beforeEach(async () => {
  logged = [];
  testApp = await openTestApp();
  const ana = await testApp.as('ana@example.com', { name: 'Ana Secret' });
  const headers = { 'X-Request-Id': 'first', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  const body = { amount: 20_000, interest_rate: 1, term_months: 6, purpose: 'A secret', lenders: lenders(2, 77) };
  first = idOf((await ana.post('/loans', body, headers)).body.loan.loan_id);
  other = idOf((await ana.post('/loans', body)).body.loan.loan_id);
  await ana.post(`/loans/${first}/lenders`, { lenders: lenders(3, 77, 'ben') }, { 'X-Request-Id': 'second' });
  await ana.post(`/loans/${first}/cancel`, {}, { 'X-Request-Id': 'third' });
  const [loan] = await testApp.store.get([loanKey(first)]);
  const [created, ...later] = await batches(first);
  const items = [loan, created, ...(await batches(other)), ...later];
  records = items.flatMap((item, position) => (item ? [recordOf(item, `${position + 1}`)] : []));
});

afterEach(() => testApp.close());

function idOf(text: string): LoanId {
  const loanId = parseLoanId(text);
  if (!loanId) throw new Error('the loan has no id');
  return loanId;
}

function batches(loanId: LoanId): Promise<Item<unknown>[]> {
  return testApp.store.list(eventBatchesOf(loanId, 0, 10));
}

function handlerOf(
  work: Partial<StreamWork> = {},
  handlers: readonly EventHandler[] = [auditLogHandler(openLog())],
  store: Partial<Store> = {},
) {
  const dispatcher = new OutboxDispatcher({
    store: { ...testApp.store, ...store },
    ids: testApp.app.services.ids,
    clock: () => testApp.now,
    handlers,
    onFailure: () => {},
    onError: () => {},
  });
  const unused = { mailSender: undefined, refreshKeys: async () => {}, pushToSubscribers: undefined };
  const open = async () => ({ dispatcher, ...unused, ...work });
  const handler = streamHandler({ open, log: openLog() });
  return (Records: DynamoDBRecord[], leftMs = 60_000) => handler({ Records }, { getRemainingTimeInMillis: () => leftMs });
}

function openLog() {
  return makeLog({ write: (line) => void logged.push(line) });
}

async function outboxLengths(): Promise<number[]> {
  const outboxes = await Promise.all([first, other].map((loanId) => testApp.store.list(outboxOf(loanId, 10))));
  return outboxes.map(({ length }) => length);
}

function failedAt(...numbers: string[]) {
  return { batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) };
}

function lines(): LogLine[] {
  return linesOf({ logged });
}

/** Replaces attributes of the new image. */
function withImage(record: DynamoDBRecord | undefined, image: Record<string, { S: string }>): DynamoDBRecord {
  return { ...record, dynamodb: { ...record?.dynamodb, NewImage: { ...record?.dynamodb?.NewImage, ...image } } };
}

describe('streamHandler', () => {
  it('delivers the outbox of each loan once, and logs each event batch', async () => {
    expect(await handlerOf()(records)).toEqual(NONE);
    expect(await outboxLengths()).toEqual([0, 0]);
    const [created, ...more] = lines();
    expect(created).toEqual({
      level: 30,
      time: expect.stringMatching(/Z$/),
      service: 'private-lending',
      msg: 'loan changed',
      loan_id: first,
      version: 1,
      at: '2026-03-01T09:15:00.000Z',
      actor: 'borrower',
      events: ['loan.created', 'lender.invited'],
      request_id: 'first',
      trace_id: TRACE,
    });
    expect(more.map(({ loan_id, version, events, request_id }) => [loan_id, version, events, request_id])).toEqual([
      [first, 2, ['lender.invited'], 'second'],
      [first, 3, ['loan.cancelled'], 'third'],
      [other, 1, ['loan.created', 'lender.invited'], expect.any(String)],
    ]);
    expect(await handlerOf()(records)).toEqual(NONE); // a stream delivers at least once
    expect(lines()).toHaveLength(4);
  });

  it('logs no personal data', async () => {
    await handlerOf()(records);
    const members = ['level', 'time', 'service', 'loan_id', 'version', 'at', 'actor', 'events', 'request_id', 'trace_id', 'msg'];
    expect(
      lines()
        .flatMap(Object.keys)
        .filter((member) => !members.includes(member)),
    ).toEqual([]);
    expect(['@', 'Secret', 'secret'].filter((secret) => logged.join('').includes(secret))).toEqual([]);
  });

  it('ignores records that are no new event batch', async () => {
    const [loan, batch] = records;
    const others = [{ ...loan }, { ...batch, eventName: 'REMOVE' as const }, { ...batch, eventName: 'MODIFY' as const }];
    expect(await handlerOf()(others)).toEqual(NONE);
    expect(await handlerOf()([])).toEqual(NONE);
    expect([logged, await outboxLengths()]).toEqual([[], [3, 1]]);
  });

  it('fails the first record of a loan that could not be delivered, and delivers the others', async () => {
    const list: Store['list'] = async (range) => {
      if (range.partition === loanKey(first).partition) throw new StoreError('unavailable', 'database down');
      return testApp.store.list(range);
    };
    expect(await handlerOf({}, [auditLogHandler(openLog())], { list })(records)).toEqual(failedAt('2'));
    expect(await outboxLengths()).toEqual([3, 0]);
    expect(lines()[0]).toMatchObject({ level: 50, err: { message: 'database down' } });
  });

  it('fails no record when an event handler fails: the outbox retries that', async () => {
    const failing = { name: 'failing', handle: () => Promise.reject(new Error('poison')) };
    expect(await handlerOf({}, [failing])(records)).toEqual(NONE);
    expect(await outboxLengths()).toEqual([3, 1]);
  });

  it('fails the records that there is no time left for', async () => {
    expect(await handlerOf()(records, 15_000)).toEqual(failedAt('2'));
    expect(await outboxLengths()).toEqual([3, 1]);
  });

  it('fails an unreadable record, and delivers the others', async () => {
    const corrupted = records.with(2, withImage(records[2], { d: { S: '{' } }));
    expect(await handlerOf()(corrupted)).toEqual(failedAt('3'));
    expect(lines()[0]).toMatchObject({ level: 50, sequence_number: '3', err: { type: 'SyntaxError' } });
    expect(await outboxLengths()).toEqual([0, 1]);
  });

  it.each([
    [
      'has no image, as in a stream of keys',
      (record: DynamoDBRecord) => ({ ...record, dynamodb: { ...record.dynamodb, NewImage: {} } }),
    ],
    ['has no keys', (record: DynamoDBRecord) => ({ ...record, dynamodb: { SequenceNumber: '2' } })],
    ['has no event batch', (record: DynamoDBRecord) => withImage(record, { d: { S: '{}' } })],
    ['is of another loan', (record: DynamoDBRecord) => withImage(record, { pk: { S: 'elsewhere' } })],
    ['is of another version', (record: DynamoDBRecord) => withImage(record, { sk: { S: eventBatchKey(first, 7).sort } })],
  ])('fails a record that %s', async (_, corrupt) => {
    const [, record = {}] = records;
    expect(await handlerOf()([corrupt(record)])).toEqual(failedAt('2'));
    expect(lines()).toMatchObject([{ level: 50, sequence_number: '2', err: { message: expect.any(String) } }]);
  });

  it('fails the whole batch if the failed record has no sequence number', async () => {
    expect(await handlerOf()([{ eventName: 'INSERT' }])).toEqual(failedAt(''));
  });

  it('pushes each loan to subscribers after its delivery, and fails its record if that fails', async () => {
    const seen: unknown[] = [];
    const pushToSubscribers = async (loanId: LoanId) => {
      seen.push([loanId, await outboxLengths()]);
      if (loanId === other) throw new Error('the sockets are gone');
    };
    expect(await handlerOf({ pushToSubscribers })(records)).toEqual(failedAt('3'));
    expect(seen).toEqual([
      [first, [0, 1]],
      [other, [0, 0]],
    ]);
    expect(lines().at(-1)).toMatchObject({ level: 50, loan_id: other, err: { message: 'the sockets are gone' } });
  });

  it('sends mail after all deliveries, and fails no record if that fails', async () => {
    const sendOwn: MailSender['sendOwn'] = async (_, limits) => {
      expect([limits?.signal?.aborted, await outboxLengths()]).toEqual([false, [0, 0]]);
      throw new Error('the mail server is gone');
    };
    expect(await handlerOf({ mailSender: { sendOwn } })(records)).toEqual(NONE);
    expect(lines().at(-1)).toMatchObject({ level: 50, err: { message: 'the mail server is gone' } });
  });

  it('recognizes event batches by their key', () => {
    expect(records[1]?.dynamodb?.Keys?.['sk']).toEqual({ S: eventBatchKey(first, 1).sort });
  });
});
