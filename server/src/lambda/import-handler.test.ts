import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBackground } from '../composition/background.ts';
import { readBackgroundConfig } from '../config/config.ts';
import { StoreError } from '../storage/store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { makeLog } from '../telemetry/log.ts';
import { csv, lines, upload } from '../testing/app/import-helpers.ts';
import { linesOf } from '../testing/app/log-lines.ts';
import { openTestApp, type TestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { sqsEvent, startSqs } from '../testing/aws/sqs.ts';
import { type ImportHandlerOptions, importHandler } from './import-handler.ts';
import { importQueue } from './import-queue.ts';

const DONE = { batchItemFailures: [] };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What the function reserves to finish a running step. */
const RESERVE_MS = 15_000;

let sqs: Awaited<ReturnType<typeof startSqs>>;
let testApp: TestApp;
let borrower: TestUser;
let logged: string[];

beforeEach(async () => {
  logged = [];
  [sqs, testApp] = await Promise.all([startSqs(), openTestApp()]);
  borrower = await testApp.as('borrower@example.com');
});

afterEach(() => Promise.all([sqs.close(), testApp.close()]));

/** The function on the test app's store. @param error what the first read of the store throws @param onGet called with each read */
function functionOf({ error, open, onGet }: { error?: Error; open?: ImportHandlerOptions['open']; onGet?: () => void } = {}) {
  const log = makeLog({ write: (line) => void logged.push(line) });
  const { mail, ...limits } = readBackgroundConfig({ STORE: 'dynamodb:lending' });
  const errors = error ? [error] : [];
  const get: TestApp['store']['get'] = async (keys) => {
    const next = errors.shift();
    if (next) throw next;
    onGet?.();
    return testApp.store.get(keys);
  };
  const services = { ...testApp.app.services, store: { ...testApp.store, get } };
  const client = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const handler = importHandler({
    log,
    queue: importQueue({ url: sqs.url, client }),
    open:
      open ??
      (() =>
        openBackground({ core: { ...testApp.app, services }, mail, limits, url: '', log, metrics: embeddedMetrics(Date.now) })),
  });
  return (event = sqs.take(), leftMs = MINUTE_MS) => handler(event, { getRemainingTimeInMillis: () => leftMs });
}

/** Uploads an import. @returns its path, and a message that names it */
async function uploadRows(count: number, loanId?: string) {
  const id = loanId ?? (await borrower.postsLoan());
  const { headers, body } = await upload(borrower, id, csv(...lines(count)), '?mode=per_row');
  return { path: headers.get('Location') ?? '', message: JSON.stringify({ import_id: body.import.import_id }) };
}

const importAt = async (path: string) => (await borrower.get(path)).body.import;
const failedAt = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('importHandler', () => {
  it('runs steps until all rows have an outcome', async () => {
    const { path, message } = await uploadRows(200);
    expect(await functionOf()(sqsEvent(message))).toEqual(DONE);
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 200 } });
    expect(linesOf({ logged }).map(({ msg, settled }) => [msg, settled])).toEqual(
      [90, 180, 200].map((n) => ['import advanced', n]),
    );
    expect(sqs.requests).toEqual([]);
  });

  it('runs no step twice for a repeated message, and none before it is due', async () => {
    const { path, message } = await uploadRows(250);
    const handler = functionOf();
    await handler(sqsEvent(message, message));
    expect(await importAt(path)).toMatchObject({ status: 'waiting', outcomes: { added: 200, pending: 50 } });
    expect(await handler(sqsEvent(message))).toEqual(DONE);
    expect(linesOf({ logged })).toHaveLength(3);
    testApp.advance(HOUR_MS);
    await handler(sqsEvent(message));
    await handler(sqsEvent(message));
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 250 } });
    expect(linesOf({ logged })).toHaveLength(4);
  });

  it('queues another message when time runs out', async () => {
    const { path, message } = await uploadRows(200);
    let time = new AbortController();
    const handler = functionOf({ onGet: () => time.abort() });
    expect(await handler(sqsEvent(message), RESERVE_MS)).toEqual(DONE);
    expect([await importAt(path), sqs.messages]).toMatchObject([{ rows_done: 0 }, [message]]);
    // One step starts at once, and the time ends while it runs.
    for (const rows_done of [90, 180]) {
      time = new AbortController();
      vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(time.signal);
      expect(await handler(sqs.take(), RESERVE_MS + 1)).toEqual(DONE);
      expect([await importAt(path), sqs.messages]).toMatchObject([{ rows_done }, [message]]);
    }
    expect(await handler()).toEqual(DONE);
    expect([await importAt(path), sqs.messages]).toMatchObject([{ status: 'completed' }, []]);
    vi.restoreAllMocks();
  });

  it('fails a message whose import cannot be queued again', async () => {
    const { message } = await uploadRows(200);
    sqs.state.mode = 'unavailable';
    expect(await functionOf()(sqsEvent(message), RESERVE_MS)).toEqual(failedAt('message-0'));
    expect(linesOf({ logged })).toMatchObject([
      { level: 50, ...JSON.parse(message), message_id: 'message-0', err: { message: 'SQS is down' } },
    ]);
  });

  it('fails a message whose step failed, and processes the others', async () => {
    const [first, other] = [await uploadRows(2), await uploadRows(3)];
    const handler = functionOf({ error: new StoreError('unavailable', 'database down') });
    expect(await handler(sqsEvent(first.message, other.message))).toEqual(failedAt('message-0'));
    expect(await importAt(first.path)).toMatchObject({ status: 'running', rows_done: 0 });
    expect(await importAt(other.path)).toMatchObject({ status: 'completed' });
    expect(linesOf({ logged })[0]).toMatchObject({
      level: 50,
      ...JSON.parse(first.message),
      message_id: 'message-0',
      err: { message: 'database down' },
    });
    expect(await handler(sqsEvent(first.message))).toEqual(DONE);
    expect(await importAt(first.path)).toMatchObject({ status: 'completed' });
  });

  it('drops a message that names no import without logging its body, and processes the others', async () => {
    const { path, message } = await uploadRows(2);
    const unknown = JSON.stringify({ import_id: '00000000-0000-7000-8000-000000000000' });
    const malformed = ['ann@example.com', '{"import_id":"ann@example.com"}'];
    expect(await functionOf()(sqsEvent(...malformed, unknown, message))).toEqual(DONE);
    expect(await importAt(path)).toMatchObject({ status: 'completed' });
    const errors = linesOf({ logged }).filter(({ level }) => level === 50);
    expect(errors.map(({ message_id }) => message_id)).toEqual(['message-0', 'message-1']);
    expect(logged.join('')).not.toContain('@');
  });

  it('fails all messages if it cannot be opened, and retries opening in the next invocation', async () => {
    const database: { isDown: boolean } = { isDown: true };
    const { message } = await uploadRows(2);
    const advanced: string[] = [];
    const advanceImport = async (importId: string) => {
      advanced.push(importId);
      return false;
    };
    const handler = functionOf({ open: async () => (database.isDown ? Promise.reject(new Error('down')) : { advanceImport }) });
    await expect(handler(sqsEvent(message))).rejects.toThrow('down');
    database.isDown = false;
    expect(await handler(sqsEvent(message))).toEqual(DONE);
    expect(advanced).toEqual([JSON.parse(message).import_id]);
  });
});
