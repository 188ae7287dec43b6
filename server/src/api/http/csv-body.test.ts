import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv, lines, runToEnd, upload } from '../../testing/app/import-helpers.ts';
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
    expect(calls).toEqual([]);
  });

  it('does not read a CSV upload before its user is authenticated', async () => {
    let isRead = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    expect((await send({ 'Content-Type': 'text/csv', Authorization: 'Bearer none' }, body)).status).toBe(401);
    expect(isRead).toBe(false);
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

  it('responds 503 to a CSV upload while sixteen others are active', async () => {
    const finish: (() => void)[] = [];
    const openUpload = () =>
      send(
        { 'Content-Type': 'text/csv' },
        new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(Buffer.from(csv(...lines(1))));
            finish.push(() => controller.close());
          },
        }),
      );
    const active = Array.from({ length: 16 }, openUpload);
    const rejected = await openUpload();
    expect(rejected.body).toMatchObject({ error: 'SERVICE_UNAVAILABLE', retryable: true, retry_after: 1 });
    for (const end of finish) end();
    expect((await Promise.all(active)).map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 202));
    expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(202);
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
        lender_id: expect.stringMatching(/^'?[\w-]{22}$/), // an id may begin with a minus, which is guarded too
      }),
    ]);
    const filtered = await borrower.get(`${headers.get('Location')}/rows?outcome=invalid`, { Accept: 'text/csv' });
    expect(parse(filtered.text)).toHaveLength(2);
    expect(
      (await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'application/json, text/csv' })).body.rows,
    ).toHaveLength(3);
  });

  it('returns all import rows in one CSV file', async () => {
    const { body, headers } = await upload(borrower, id, csv(...lines(1000)));
    await runToEnd(testApp, body.import.import_id);
    const { text } = await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' });
    const rows: string[][] = parse(text, { bom: true });
    expect(rows.map(([row]) => row)).toEqual(['row', ...Array.from({ length: 1000 }, (_, row) => String(row + 1))]);
  });
});
