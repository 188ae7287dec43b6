import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { csv, lines, runToEnd, upload } from '../../testing/app/import-helpers.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { connectTo, serveTestApp } from '../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;

describe('CSV uploads', () => {
  let testApp: TestApp;
  let borrower: TestUser;
  let id: string;

  beforeEach(async () => {
    testApp = await openTestApp();
    borrower = await testApp.as('borrower@example.com');
    id = await borrower.postsLoan();
  });

  afterEach(() => testApp.close());

  const path = () => `/loans/${id}/lenders/imports`;
  const send = (
    headers: Readonly<Record<string, string>>,
    raw: string | Uint8Array | ReadableStream<Uint8Array> = csv(...lines(1)),
  ) => borrower.send('POST', path(), { raw, headers });
  const streamed = (chunk: Uint8Array, count: number) => {
    let left = count;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        left -= 1;
        if (left >= 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
  };

  /** A body that must not be read. */
  const untouchable = () =>
    new ReadableStream<Uint8Array>(
      {
        pull() {
          throw new Error('the body was read');
        },
      },
      { highWaterMark: 0 },
    );
  /** Begins an upload, which is under way until it is ended. */
  const openUpload = (user: TestUser, loanId: string) => {
    let source: ReadableStreamDefaultController<Uint8Array> | undefined;
    let waiting = Promise.withResolvers<void>();
    const raw = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          source = controller;
          controller.enqueue(Buffer.from(csv(...lines(1))));
        },
        pull: () => waiting.resolve(),
        cancel() {
          source = undefined;
          waiting.resolve();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'Content-Type': 'text/csv' };
    return {
      response: user.send('POST', `/loans/${loanId}/lenders/imports`, { raw, headers }),
      /** Resolves once the server waits for more, or for nothing more. */
      isWaiting: () => waiting.promise,
      send(text: string): void {
        waiting = Promise.withResolvers<void>();
        if (source) source.enqueue(Buffer.from(text));
        else waiting.resolve();
      },
      end: () => source?.close(),
    };
  };

  it.each(['text/csv', 'text/csv; charset=utf-8', 'TEXT/CSV;header=present; charset="UTF-8"'])(
    'accepts a CSV upload as %s',
    async (type) => {
      expect((await send({ 'Content-Type': type })).status).toBe(202);
    },
  );

  it.each(['application/json', 'text/plain', 'text/csv; charset=windows-1252', 'application/vnd.ms-excel'])(
    'rejects a CSV upload as %s',
    async (type) => {
      expect((await send({ 'Content-Type': type })).body).toMatchObject({ error: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  it('rejects a compressed CSV upload', async () => {
    expect((await send({ 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('rejects a CSV upload by its declared length before any other check', async () => {
    const headers = { 'Content-Type': 'text/csv', 'Content-Length': String(FILE_BYTES_MAX + 1), Authorization: 'Bearer none' };
    expect((await send(headers)).body).toMatchObject({ error: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('4194304') });
  });

  it('rejects a CSV upload without a declared length once it exceeds the limit', async () => {
    const chunk = Buffer.from(`email,amount\n${`${'x'.repeat(999)}\n`.repeat(65)}`);
    const calls = await testApp.callsOf(async () => {
      expect((await send({ 'Content-Type': 'text/csv' }, streamed(chunk, 65))).status).toBe(413);
    });
    expect(calls).toEqual(['get']);
  });

  it('reads no byte of a CSV upload before token, e-mail address, headers, query, loan and borrower are checked', async () => {
    const stranger = await testApp.as('stranger@example.com');
    const unverified = await testApp.as('unverified@example.com', { email_verified: false });
    const unread = (user: TestUser, target: string, headers = {}) =>
      user.send('POST', target, { raw: untouchable(), headers: { 'Content-Type': 'text/csv', ...headers } });
    const responses = [
      await unread(borrower, path(), { Authorization: 'Bearer none' }),
      await unread(unverified, path()),
      await unread(borrower, path(), { 'Idempotency-Key': '' }),
      await unread(borrower, `${path()}?mode=some&dry_run=perhaps`),
      await unread(borrower, path().replace(id, 'no-such-loan')),
      await unread(borrower, path().replace(id, '00000000-0000-7000-8000-000000000000')),
      await unread(stranger, path()),
    ];
    expect(responses.map(({ status }) => status)).toEqual([401, 403, 400, 400, 404, 404, 403]);
    expect(responses[3]?.body.details.map(({ path: member }: { path: string }) => member)).toEqual(['mode', 'dry_run']);
  });

  it('reads no byte of a CSV upload over the user’s request rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const ben = await limited.as('ben@example.com');
    for (let time = 0; time < 2; time += 1) await ben.get('/loans');
    const { status } = await ben.send('POST', path(), { raw: untouchable(), headers: { 'Content-Type': 'text/csv' } });
    expect(status).toBe(429);
    await limited.close();
  });

  it('rejects a stranger’s CSV upload with one storage call', async () => {
    const stranger = await testApp.as('stranger@example.com');
    const calls = await testApp.callsOf(async () => void (await upload(stranger, id, csv(...lines(1)))));
    expect(calls).toEqual(['get']);
  });

  it('authorizes a CSV upload again in its commit', async () => {
    const started = Promise.withResolvers<void>();
    let end = () => {};
    const response = send(
      { 'Content-Type': 'text/csv' },
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            started.resolve();
            end = () => {
              controller.enqueue(Buffer.from(csv(...lines(1))));
              controller.close();
            };
          },
        },
        { highWaterMark: 0 },
      ),
    );
    await started.promise;
    await borrower.post(`/loans/${id}/cancel`);
    end();
    expect((await response).status).toBe(409);
  });

  it('rejects a CSV upload with a malformed idempotency key', async () => {
    const { body } = await send({ 'Content-Type': 'text/csv', 'Idempotency-Key': '' });
    expect(body).toMatchObject({ status: 400, details: [{ path: 'Idempotency-Key' }] });
  });

  it('responds 400 to a CSV upload that breaks off, and invites nobody', async () => {
    const server = await serveTestApp(testApp);
    const client = await connectTo(server.url);
    const head = `POST ${path()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${borrower.token}\r\nContent-Type: text/csv\r\n`;
    client.send(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nemail\r\nzz\r\n`);
    expect(await client.end()).toMatch(/^HTTP\/1.1 400 /);
    client.hangUp();
    await server.close();
    expect((await borrower.get(`/loans/${id}`)).body.loan.version).toBe(1);
  });

  it('responds 429 to a user’s third CSV upload at a time, while others may upload', async () => {
    const active = [openUpload(borrower, id), openUpload(borrower, id)];
    const { status, headers, body } = await upload(borrower, id, csv(...lines(1)));
    expect([status, body.error, headers.get('Retry-After')]).toEqual([429, 'TOO_MANY_REQUESTS', '1']);
    expect(body.message).toContain('You have 2 uploads under way');
    const other = await testApp.as('other@example.com');
    expect((await upload(other, await other.postsLoan(), csv(...lines(1)))).status).toBe(202);
    for (const { end } of active) end();
    expect((await Promise.all(active.map(({ response }) => response))).map((response) => response.status)).toEqual([202, 202]);
    expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(202);
  });

  it('responds 503 to a CSV upload while sixteen others are active', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, (_, index) => testApp.as(`user${index}@example.com`)));
    const loans = await Promise.all(users.map((user) => user.postsLoan()));
    const active = users.flatMap((user, index) => [openUpload(user, loans[index] ?? ''), openUpload(user, loans[index] ?? '')]);
    const rejected = await upload(borrower, id, csv(...lines(1)));
    expect(rejected.body).toMatchObject({ error: 'SERVICE_UNAVAILABLE', retryable: true, retry_after: 1 });
    for (const { end } of active) end();
    const ended = await Promise.all(active.map(({ response }) => response));
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 202));
    expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(202);
  });

  describe('in time', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
    afterEach(() => void vi.useRealTimers());

    it('responds 408 to a CSV upload that sends nothing for five seconds, and frees its place', async () => {
      const stalled = [openUpload(borrower, id), openUpload(borrower, id)];
      await Promise.all(stalled.map(({ isWaiting }) => isWaiting()));
      await vi.advanceTimersByTimeAsync(4999);
      expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(429);
      await vi.advanceTimersByTimeAsync(1);
      const { status, headers, body } = await Promise.race(stalled.map(({ response }) => response));
      expect([status, body.error, body.retryable, headers.get('Connection')]).toEqual([408, 'REQUEST_TIMEOUT', true, 'close']);
      await Promise.all(stalled.map(({ response }) => response));
      expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(202);
    });

    it.each([
      [16_000, 408],
      [17_000, 202],
    ])('responds to a CSV upload of %i bytes a second with %i', async (bytesPerSecond, expected) => {
      const { response, isWaiting, send: add, end } = openUpload(borrower, id);
      for (let second = 0; second < 8; second += 1) {
        await Promise.race([isWaiting(), response]);
        vi.advanceTimersByTime(1000);
        add(`${'x'.repeat(99)}\n`.repeat(bytesPerSecond / 100));
      }
      end();
      expect((await response).status).toBe(expected);
    });
  });

  it('reports an unexpected error of the parser as one of the server, not of the upload, and frees the upload', async () => {
    const bug = new TypeError('a bug');
    const chunk = Object.defineProperty(Buffer.from(csv(...lines(2))), 'length', {
      get() {
        throw bug;
      },
    });
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await send({ 'Content-Type': 'text/csv', 'Idempotency-Key': 'spring' }, streamed(chunk, 1));
      expect([status, body.error]).toEqual([500, 'INTERNAL_ERROR']);
      expect(body.message).not.toContain('bug');
      expect(lastLine(testApp)).toMatchObject({ level: 50, err: { message: 'a bug' }, request_id: body.request_id });
    }
    expect((await send({ 'Content-Type': 'text/csv', 'Idempotency-Key': 'spring' })).status).toBe(202);
  });

  it('returns the outcome of import rows as CSV, with formulas escaped', async () => {
    const { body, headers } = await upload(
      borrower,
      id,
      csv('=1+1,5,', '+ann@example.com,7,-3', 'ben@example.com,"1,5",Ben'),
      '?mode=per_row',
    );
    await runToEnd(testApp, body.import.import_id);
    const report = await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' });
    expect(report.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    const rows: Record<string, string>[] = parse(report.text, { bom: true, columns: true });
    expect(rows).toEqual([
      expect.objectContaining({
        row: '1',
        line: '2',
        email: "'=1+1",
        contribution_amount: '5',
        outcome: 'invalid',
        code: 'INVALID',
      }),
      expect.objectContaining({ email: "'+ann@example.com", name: '-3', outcome: 'added', code: '', message: '' }),
      expect.objectContaining({
        email: 'ben@example.com',
        contribution_amount: '1.5',
        outcome: 'added',
        lender_id: expect.stringMatching(/^[\w-]{22}$/),
      }),
    ]);
    const filtered = await borrower.get(`${headers.get('Location')}/rows?outcome=invalid`, { Accept: 'text/csv' });
    expect(parse(filtered.text)).toHaveLength(2);
    expect(
      (await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'application/json, text/csv' })).body.rows,
    ).toHaveLength(3);
  });

  it('returns all import rows in one CSV file, with lender ids as they are', async () => {
    const { body, headers } = await upload(borrower, id, csv(...lines(1000)));
    await runToEnd(testApp, body.import.import_id);
    const { text } = await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' });
    const rows: string[][] = parse(text, { bom: true });
    expect(rows.map(([row]) => row)).toEqual(['row', ...Array.from({ length: 1000 }, (_, row) => String(row + 1))]);
    const ids = rows.slice(1).map((row) => row.at(-1) ?? '');
    expect(ids.filter((lenderId) => /^[\w-]{22}$/.test(lenderId))).toHaveLength(200); // of which one in 64 begins with a minus
    expect(ids.filter((lenderId) => lenderId === '')).toHaveLength(800); // beyond the hourly limit
  });

  it('reads names and amounts back from the outcome file as they were', async () => {
    const names = ["'Anna", '-Bob', "'-Cleo", '=1+1', 'Dan; -x', "O'Neil", '@eve'];
    const file = names.map((name, index) => `a${index}@example.com,"1,00,0${index}0.50 USD",${name}`);
    const outcomeOf = async (content: string) => {
      const { body, headers } = await upload(borrower, id, content, '?dry_run=true&mode=per_row');
      await runToEnd(testApp, body.import.import_id);
      return (await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' })).text;
    };
    const first = await outcomeOf(`email,Amount ($),First Name\n${file.map((line) => `${line}\n`).join('')}`);
    expect(parse(first, { bom: true, columns: true, to: 1 })).toMatchObject([{ contribution_amount: '100000.50', name: "'Anna" }]);
    expect(await outcomeOf(first)).toBe(first);
  });

  it('reads a CSV file by the currency of its loan', async () => {
    const yen = await borrower.postsLoan({ amount: 20_000, currency: 'JPY' });
    const { body } = await upload(borrower, yen, csv('a@example.com,"1,234",', 'b@example.com,"¥1,234",'));
    await runToEnd(testApp, body.import.import_id);
    expect((await borrower.get(`/loans/${yen}`)).body.loan).toMatchObject({ total_invited: 2468, currency: 'JPY' });
    const rejected = await upload(borrower, yen, 'email,Amount (USD)\na@example.com,5\n');
    expect([rejected.status, rejected.body.message]).toEqual([400, expect.stringContaining('is in USD, but the loan is in JPY')]);
  });
});
