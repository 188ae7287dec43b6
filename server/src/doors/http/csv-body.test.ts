import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv, lines, run, upload } from '../../testing/imports.ts';
import { type Lab, openLab, type Person } from '../../testing/lab.ts';
import { connectTo, serveLab } from '../../testing/wire.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;

describe('a file that comes in', () => {
  let lab: Lab;
  let borrower: Person;
  let id: string;

  beforeEach(async () => {
    lab = await openLab();
    borrower = await lab.as('borrower@example.com');
    id = await borrower.postsLoan();
  });

  afterEach(() => lab.close());

  const place = () => `/loans/${id}/lenders/imports`;
  const sent = (
    headers: Readonly<Record<string, string>>,
    raw: string | Uint8Array | ReadableStream<Uint8Array> = csv(...lines(1)),
  ) => borrower.send('POST', place(), { raw, headers });
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

  it.each(['text/csv', 'text/csv; charset=utf-8', 'TEXT/CSV;header=present; charset="UTF-8"'])('is taken as %s', async (type) => {
    expect((await sent({ 'Content-Type': type })).status).toBe(202);
  });

  it.each(['application/json', 'text/plain', 'text/csv; charset=windows-1252', 'application/vnd.ms-excel'])(
    'is not taken as %s',
    async (type) => {
      expect((await sent({ 'Content-Type': type })).body).toMatchObject({ error: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  it('is not taken compressed', async () => {
    expect((await sent({ 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('is refused by its declared length before anything else', async () => {
    const headers = { 'Content-Type': 'text/csv', 'Content-Length': String(FILE_BYTES_MAX + 1), Authorization: 'Bearer none' };
    expect((await sent(headers)).body).toMatchObject({ error: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('4194304') });
  });

  it('without a declared length is refused where it becomes too long', async () => {
    const chunk = Buffer.from(`email,amount\n${`${'x'.repeat(999)}\n`.repeat(65)}`);
    const calls = await lab.callsOf(async () => {
      expect((await sent({ 'Content-Type': 'text/csv' }, streamed(chunk, 65))).status).toBe(413);
    });
    expect(calls).toEqual([]);
  });

  it('is not read before it is known who sends it', async () => {
    let isRead = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    expect((await sent({ 'Content-Type': 'text/csv', Authorization: 'Bearer none' }, body)).status).toBe(401);
    expect(isRead).toBe(false);
  });

  it('with a malformed key is refused', async () => {
    const refused = await sent({ 'Content-Type': 'text/csv', 'Idempotency-Key': '' });
    expect(refused.body).toMatchObject({ status: 400, details: [{ path: 'Idempotency-Key' }] });
  });

  it('that breaks off invites nobody, and is told so', async () => {
    const server = await serveLab(lab);
    const client = await connectTo(server.url);
    const head = `POST ${place()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${borrower.token}\r\nContent-Type: text/csv\r\n`;
    client.send(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nemail\r\nzz\r\n`);
    expect(await client.end()).toMatch(/^HTTP\/1.1 400 /);
    client.hangUp();
    await server.close();
    expect((await borrower.get(`/loans/${id}`)).body.loan.version).toBe(1);
  });

  it('waits for others only where sixteen are on their way', async () => {
    const ending: (() => void)[] = [];
    const held = () =>
      sent(
        { 'Content-Type': 'text/csv' },
        new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(Buffer.from(csv(...lines(1))));
            ending.push(() => controller.close());
          },
        }),
      );
    const underWay = Array.from({ length: 16 }, held);
    const refused = await held();
    expect(refused.body).toMatchObject({ error: 'SERVICE_UNAVAILABLE', retryable: true, retry_after: 1 });
    for (const end of ending) end();
    expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 202));
    expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(202);
  });

  it('is told in a file what became of its rows, which no spreadsheet takes for formulas', async () => {
    const { body, headers } = await upload(
      borrower,
      id,
      csv('=1+1,5,', '+ann@example.com,7,-3', 'ben@example.com,"1,5",Ben'),
      '?mode=per_row',
    );
    await run(lab, body.import.import_id);
    const answer = await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' });
    expect(answer.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    const rows: Record<string, string>[] = parse(answer.text, { bom: true, columns: true });
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
    const pick = await borrower.get(`${headers.get('Location')}/rows?outcome=invalid`, { Accept: 'text/csv' });
    expect(parse(pick.text)).toHaveLength(2);
    expect(
      (await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'application/json, text/csv' })).body.rows,
    ).toHaveLength(3);
  });

  it('is told whole, however many rows it has', async () => {
    const { body, headers } = await upload(borrower, id, csv(...lines(1000)));
    await run(lab, body.import.import_id);
    const { text } = await borrower.get(`${headers.get('Location')}/rows`, { Accept: 'text/csv' });
    const rows: string[][] = parse(text, { bom: true });
    expect(rows.map(([row]) => row)).toEqual(['row', ...Array.from({ length: 1000 }, (_, row) => String(row + 1))]);
  });
});
