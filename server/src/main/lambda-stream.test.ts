import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Chapter } from '../domain/chapter.ts';
import { parseLoanId } from '../domain/ids.ts';
import { auditLog } from '../reactors/audit-log.ts';
import { chapterKey, chaptersOf, loanKey } from '../storage/keys.ts';
import type { Item } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { lenders, openLab } from '../testing/lab.ts';
import { type LogLine, linesOf } from '../testing/logged.ts';
import { recordOf } from '../testing/stream.ts';
import { streamHandler } from './lambda-stream.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const NONE = { batchItemFailures: [] };

let records: DynamoDBRecord[];
let logged: string[];
let handler: ReturnType<typeof streamHandler>;

beforeEach(async () => {
  records = (await history()).map((item, place) => recordOf(item, `${place + 1}`));
  logged = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  handler = streamHandler(auditLog(log), log);
});

/** A loan's chapters as a request each made them, the loan itself in front. */
async function history(): Promise<Item<unknown>[]> {
  const lab = await openLab();
  const ana = await lab.as('ana@example.com', { name: 'Ana Secret' });
  const headers = { 'X-Request-Id': 'first', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  const body = { amount: 20_000, interest_rate: 1, term_months: 6, purpose: 'A secret', lenders: lenders(2, 77) };
  const { loan } = (await ana.post('/loans', body, headers)).body;
  await ana.post(`/loans/${loan.loan_id}/lenders`, { lenders: lenders(3, 77, 'ben') }, { 'X-Request-Id': 'second' });
  await ana.post(`/loans/${loan.loan_id}/cancel`, {}, { 'X-Request-Id': 'third' });
  const loanId = parseLoanId(loan.loan_id);
  if (!loanId) throw new Error('the loan has no id');
  const chapters = await lab.store.list(chaptersOf(loanId, 0, 10));
  const [standing] = await lab.store.get([loanKey(loanId)]);
  await lab.close();
  return [...(standing ? [standing] : []), ...chapters];
}

function lines(): LogLine[] {
  return linesOf({ logged });
}

/** Replaces a member of what a record tells as its image. */
function withImage(record: DynamoDBRecord | undefined, image: Record<string, { S: string }>): DynamoDBRecord {
  return { ...record, dynamodb: { ...record?.dynamodb, NewImage: { ...record?.dynamodb?.NewImage, ...image } } };
}

describe('the stream’s function', () => {
  it('tells of each change of a loan what happened, in order', async () => {
    expect(await handler({ Records: records })).toEqual(NONE);
    const [first, ...others] = lines();
    expect(first).toEqual({
      ...{ level: 30, time: expect.stringMatching(/Z$/), service: 'private-lending', msg: 'loan changed' },
      ...{ loan_id: expect.stringMatching(/^[0-9a-f-]{36}$/), version: 1, at: '2026-03-01T09:15:00.000Z', actor: 'borrower' },
      ...{ events: ['loan.created', 'lender.invited'], request_id: 'first', trace_id: TRACE },
    });
    expect(others.map(({ version, events, request_id }) => [version, events, request_id])).toEqual([
      [2, ['lender.invited'], 'second'],
      [3, ['loan.cancelled'], 'third'],
    ]);
  });

  it('tells nothing about people', async () => {
    await handler({ Records: records });
    const members = ['level', 'time', 'service', 'loan_id', 'version', 'at', 'actor', 'events', 'request_id', 'trace_id', 'msg'];
    expect(
      lines()
        .flatMap(Object.keys)
        .filter((member) => !members.includes(member)),
    ).toEqual([]);
    expect(['@', 'Secret', 'secret'].filter((secret) => logged.join('').includes(secret))).toEqual([]);
  });

  it('passes over what is no new chapter', async () => {
    const [loan, chapter] = records;
    const others = [{ ...loan }, { ...chapter, eventName: 'REMOVE' as const }, { ...chapter, eventName: 'MODIFY' as const }];
    expect(await handler({ Records: others })).toEqual(NONE);
    expect(await handler({ Records: [] })).toEqual(NONE);
    expect(logged).toEqual([]);
  });

  it('stops at the first record that fails, so that none overtakes another of its loan', async () => {
    const poisoned = records.with(2, withImage(records[2], { d: { S: '{' } }));
    expect(await handler({ Records: poisoned })).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    const [told, failure, ...more] = lines();
    expect([told?.['version'], more]).toEqual([1, []]);
    expect(failure).toMatchObject({ level: 50, sequence_number: '3', err: { type: 'SyntaxError' } });
  });

  it.each([
    [
      'has no image, as in a stream of keys',
      (record: DynamoDBRecord) => ({ ...record, dynamodb: { ...record.dynamodb, NewImage: {} } }),
    ],
    ['has no keys', (record: DynamoDBRecord) => ({ ...record, dynamodb: { SequenceNumber: '2' } })],
    ['is no chapter', (record: DynamoDBRecord) => withImage(record, { d: { S: '{}' } })],
    ['is of another loan', (record: DynamoDBRecord) => withImage(record, { pk: { S: 'elsewhere' } })],
    [
      'is of another version',
      (record: DynamoDBRecord) => withImage(record, { sk: records[2]?.dynamodb?.Keys?.['sk'] as { S: string } }),
    ], // as recordOf makes it
  ])('fails a record that %s', async (_, spoil) => {
    const [, record = {}] = records;
    expect(await handler({ Records: [spoil(record)] })).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(lines()).toMatchObject([{ level: 50, sequence_number: '2', err: { message: expect.any(String) } }]);
  });

  it('has the whole batch come again where the failing record has no number', async () => {
    expect(await handler({ Records: [{ eventName: 'INSERT' }] })).toEqual({ batchItemFailures: [{ itemIdentifier: '' }] });
  });

  it('waits for each reaction, and tells of one that failed', async () => {
    const seen: number[] = [];
    const log = makeLog({ write: (line) => void logged.push(line) });
    const react = async ({ version }: Chapter) => {
      await new Promise(setImmediate);
      if (version === 2) throw new Error('the mail server is gone');
      seen.push(version);
    };
    expect(await streamHandler(react, log)({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    expect(seen).toEqual([1]);
    expect(lines().at(-1)).toMatchObject({ err: { message: 'the mail server is gone' } });
  });

  it('knows chapters by the key that they are written under', () => {
    const loanId = parseLoanId('018f0000-0000-7000-8000-000000000000');
    const key = loanId && chapterKey(loanId, 1);
    expect(records[1]?.dynamodb?.Keys?.['sk']).toEqual({ S: key?.sort });
  });
});
