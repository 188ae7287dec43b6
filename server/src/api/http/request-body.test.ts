import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frozenTime } from '../../testing/app/fake-time.ts';
import type { RequestOptions } from '../../testing/app/http-client.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import { BODY_BYTES_MAX } from './request-body.ts';

const LOAN_TEXT = JSON.stringify(LOAN);
const PLAIN_TEXT = { 'Content-Type': 'text/plain' };

let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

/** Posts a loan with this body, as JSON unless the headers have another type. */
function post(raw: RequestOptions['raw'], headers: Record<string, string> = {}) {
  return ana.send('POST', '/loans', { raw: raw ?? '', headers: { 'Content-Type': 'application/json', ...headers } });
}

/** A loan with an additional member, which is ignored if it is valid JSON. */
function loanWith(member: string): string {
  return `${LOAN_TEXT.slice(0, -1)},${member}}`;
}

function nested(levels: number): string {
  return loanWith(`"more":${'['.repeat(levels)}${']'.repeat(levels)}`);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Streams the text, so that its length is not known beforehand. */
function streamed(text: string, chunkBytes = 1000): ReadableStream<Uint8Array> {
  const bytes = bytesOf(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.slice(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return ReadableStream.from(chunks);
}

/** A body that must not be read. */
function untouchable(): ReadableStream<Uint8Array> {
  const pull = () => {
    throw new Error('the body was read');
  };
  return new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
}

describe('the size of a body', () => {
  it('accepts a body of exactly 65,536 bytes', async () => {
    const text = LOAN_TEXT.padEnd(65_536);
    const declared = await post(text, { 'Content-Length': '65536' });
    expect([declared.status, (await post(text)).status, (await post(streamed(text))).status]).toEqual([201, 201, 201]);
  });

  it.each([
    ['declared', (text: string) => post(text, { 'Content-Length': '65537' })],
    ['not declared', (text: string) => post(text)],
    ['streamed', (text: string) => post(streamed(text))],
  ])('responds 413 to a body of 65,537 bytes, %s', async (_, send) => {
    const { status, body } = await send(LOAN_TEXT.padEnd(65_537));
    expect(status).toBe(413);
    expect(body).toMatchObject({
      error: 'PAYLOAD_TOO_LARGE',
      retryable: false,
      details: [],
      message: 'The body is larger than 65536 bytes. Please split it into multiple requests.',
    });
  });

  it('counts the size of a body in bytes, not in characters', async () => {
    expect((await post(loanWith(`"more":"${'é'.repeat(33_000)}"`))).status).toBe(413);
  });

  it('does not read a body far beyond the limit', async () => {
    const chunk = new Uint8Array(8192);
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(chunk);
      },
    });
    expect((await post(endless)).status).toBe(413);
    expect(chunks).toBeLessThanOrEqual(BODY_BYTES_MAX / chunk.length + 3);
  });
});

describe('the media type of a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
    'application/vnd.lending+json',
    'application/problem+json',
  ])('accepts the media type %s', async (type) => {
    expect((await post(LOAN_TEXT, { 'Content-Type': type })).status).toBe(201);
  });

  it('accepts a body without a media type', async () => {
    const { status } = await ana.send('POST', '/loans', { raw: bytesOf(LOAN_TEXT) });
    expect(status).toBe(201);
  });

  it.each([
    'text/plain',
    'text/json',
    'text/csv',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/xml',
    'application/json, text/plain',
    'json',
    '*/*',
  ])('responds 415 to the media type %s', async (type) => {
    const { status, body } = await post(LOAN_TEXT, { 'Content-Type': type });
    expect([status, body.error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(body.message).toBe('Send the body as "Content-Type: application/json".');
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip'])('responds 415 to the content encoding %s', async (encoding) => {
    const { status, body } = await post(LOAN_TEXT, { 'Content-Encoding': encoding });
    expect([status, body.error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(body.message).toBe(`Send the body without Content-Encoding; it was ${encoding}.`);
  });

  it.each(['identity', 'Identity'])('accepts the content encoding %s', async (encoding) => {
    expect((await post(LOAN_TEXT, { 'Content-Encoding': encoding })).status).toBe(201);
  });
});

describe('a JSON body', () => {
  it.each<[string, string | Uint8Array]>([
    ['not JSON', '{"amount": 5'],
    ['white space only', '   '],
    ['malformed UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['an overlong slash in UTF-8', Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d)],
    ['UTF-16', new Uint8Array(Buffer.from(`\ufeff${LOAN_TEXT}`, 'utf16le'))],
    ['a list', `[${LOAN_TEXT}]`],
    ['null', 'null'],
    ['a string', '"loan"'],
    ['a number', '20000'],
    ['nested too deep to parse', '['.repeat(65_536)],
    ['an object nested 20,000 levels deep', nested(20_000)],
    ['nested one level too deep', nested(32)],
    ['a number out of range', loanWith('"more":1e400')],
    ['a lone surrogate', loanWith('"more":"\\ud800"')],
    ['a lone surrogate in a name', loanWith('"\\ud800":1')],
  ])('responds 400 to a body with or without an idempotency key: %s', async (_, raw) => {
    for (const headers of [{}, { 'Idempotency-Key': 'one' }]) {
      const { status, body } = await post(raw, headers);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: 'VALIDATION_ERROR', details: [{ path: '', code: 'INVALID', message: body.message }] });
    }
  });

  it('accepts a body nested 32 levels deep', async () => {
    expect((await post(nested(31))).status).toBe(201);
  });

  it('treats an empty body as an object without members', async () => {
    const { status, body } = await post('');
    expect(status).toBe(400);
    expect(body.details.map(({ path }: { path: string }) => path)).toEqual(['amount', 'interest_rate', 'term_months']);
  });

  it('ignores a byte order mark, as RFC 8259 allows', async () => {
    expect((await post(`\ufeff${LOAN_TEXT}`)).status).toBe(201);
  });

  it('does not let a body pollute prototypes', async () => {
    const { status, body } = await post(loanWith('"__proto__":{"purpose":"mine"},"constructor":1'));
    expect([status, body.loan?.purpose]).toEqual([201, null]);
  });

  it('responds 400 to a body that breaks off', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytesOf('{'));
        controller.error(new Error('the connection is gone'));
      },
    });
    const { status, body } = await post(broken);
    expect([status, body.message]).toEqual([400, 'The body did not arrive whole. Please send it again.']);
  });

  it('requires no body where a command has no members', async () => {
    const path = `/loans/${await ana.postsLoan()}/cancel`;
    expect((await ana.send('POST', path, { raw: 'x', headers: PLAIN_TEXT })).status).toBe(415);
    expect((await ana.send('POST', path)).status).toBe(200);
  });

  it('reads null as no body where a command has no members', async () => {
    const path = `/loans/${await ana.postsLoan()}/cancel`;
    const send = (raw: string) => ana.send('POST', path, { raw, headers: { 'Content-Type': 'application/json' } });
    expect((await send('null')).status).toBe(200);
    expect(await send('[{}]')).toMatchObject({
      status: 400,
      body: { message: 'The body must be one JSON object, and is a list.' },
    });
  });
});

describe('the order of checks', () => {
  frozenTime();
  const path = '/loans/no-such-loan/lenders';
  const tooLarge = ' '.repeat(65_537);

  it('checks size, media type, token, rate, e-mail address, form, loan in this order', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const stranger = await limited.as('stranger@example.com', { email_verified: false });
    const user = await limited.as('user@example.com');
    const oversized = await limited.send('POST', path, { raw: tooLarge, headers: { ...PLAIN_TEXT, 'Content-Length': '65537' } });
    const mistyped = await limited.send('POST', path, { raw: '{', headers: PLAIN_TEXT });
    const anonymous = await limited.send('POST', path, { raw: '{', headers: { 'Content-Type': 'application/json' } });
    const broken: RequestOptions = { raw: '{', headers: { 'Content-Type': 'application/json' } };
    const unverified = [];
    for (let time = 0; time < 3; time += 1) unverified.push(await stranger.send('POST', path, broken));
    const malformed = await user.send('POST', path, broken);
    const loanNotFound = await user.post(path, { lenders: [{ email: 'ben@example.com', contribution_amount: 5 }] });
    const responses = [oversized, mistyped, anonymous, ...unverified, malformed, loanNotFound];
    expect(responses.map(({ status }) => status)).toEqual([413, 415, 401, 403, 403, 429, 400, 404]);
    await limited.close();
  });

  it('reads no byte of a body before size, media type, token, rate and e-mail address are checked', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const stranger = await limited.as('stranger@example.com', { email_verified: false });
    const user = await limited.as('user@example.com');
    const json = { 'Content-Type': 'application/json' };
    const unread = (headers: Record<string, string> = json): RequestOptions => ({ raw: untouchable(), headers });
    const responses = [
      await user.send('POST', path, unread({ ...json, 'Content-Length': '65537' })),
      await user.send('POST', path, unread(PLAIN_TEXT)),
      await user.send('POST', path, unread({ 'Content-Encoding': 'gzip' })),
      await limited.send('POST', path, unread()),
      await stranger.send('POST', path, unread()),
    ];
    for (let time = 0; time < 2; time += 1) await user.get('/loans');
    responses.push(await user.send('POST', path, unread()));
    expect(responses.map(({ status }) => status)).toEqual([413, 415, 415, 401, 403, 429]);
    await limited.close();
  });

  it('rejects by size, media type and form without a storage call', async () => {
    const calls = await testApp.callsOf(async () => {
      await ana.send('POST', path, { raw: tooLarge });
      await ana.send('POST', path, { raw: '{}', headers: PLAIN_TEXT });
      await ana.post(path, {});
    });
    expect(calls).toEqual([]);
  });
});
