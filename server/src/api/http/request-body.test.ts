import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frozenTime } from '../../testing/app/fake-time.ts';
import { LOAN, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';
import type { Sending } from '../../testing/app/test-user.ts';
import { BODY_BYTES_MAX } from './request-body.ts';

const LOAN_TEXT = JSON.stringify(LOAN);
const STRANGE_TYPE = { 'Content-Type': 'text/plain' };

let testApp: TestApp;
let ana: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

/** Ana posts a loan with this as its body, which says that it is JSON unless the headers say otherwise. */
function post(raw: Sending['raw'], headers: Record<string, string> = {}) {
  return ana.send('POST', '/loans', { raw: raw ?? '', headers: { 'Content-Type': 'application/json', ...headers } });
}

/** A loan with one member more, which is ignored where JSON can be read at all. */
function loanWith(member: string): string {
  return `${LOAN_TEXT.slice(0, -1)},${member}}`;
}

function nested(levels: number): string {
  return loanWith(`"more":${'['.repeat(levels)}${']'.repeat(levels)}`);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Sent in pieces, so that nobody knows its length beforehand. */
function inPieces(text: string, pieceBytes = 1000): ReadableStream<Uint8Array> {
  const bytes = bytesOf(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.slice(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return ReadableStream.from(pieces);
}

describe('a body’s size', () => {
  it('may be exactly 65,536 bytes', async () => {
    const text = LOAN_TEXT.padEnd(65_536);
    const declared = await post(text, { 'Content-Length': '65536' });
    expect([declared.status, (await post(text)).status, (await post(inPieces(text))).status]).toEqual([201, 201, 201]);
  });

  it.each([
    ['declared', (text: string) => post(text, { 'Content-Length': '65537' })],
    ['not declared', (text: string) => post(text)],
    ['streamed', (text: string) => post(inPieces(text))],
  ])('may not be a byte more: 413, %s', async (_, send) => {
    const { status, body } = await send(LOAN_TEXT.padEnd(65_537));
    expect(status).toBe(413);
    expect(body).toMatchObject({
      error: 'PAYLOAD_TOO_LARGE',
      retryable: false,
      details: [],
      message: 'The body is larger than 65536 bytes. Please split it into multiple requests.',
    });
  });

  it('is counted in bytes, not in characters', async () => {
    expect((await post(loanWith(`"more":"${'é'.repeat(33_000)}"`))).status).toBe(413);
  });

  it('is not read beyond the limit', async () => {
    const piece = new Uint8Array(8192);
    let pieces = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pieces += 1;
        controller.enqueue(piece);
      },
    });
    expect((await post(endless)).status).toBe(413);
    expect(pieces).toBeLessThanOrEqual(BODY_BYTES_MAX / piece.length + 3);
  });
});

describe('a body’s type', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
    'application/vnd.lending+json',
    'application/problem+json',
  ])('may be %s', async (type) => {
    expect((await post(LOAN_TEXT, { 'Content-Type': type })).status).toBe(201);
  });

  it('may be left out', async () => {
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
  ])('may not be %s: 415', async (type) => {
    const { status, body } = await post(LOAN_TEXT, { 'Content-Type': type });
    expect([status, body.error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(body.message).toBe('Send the body as "Content-Type: application/json".');
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip'])('may not be compressed by %s: 415', async (encoding) => {
    const { status, body } = await post(LOAN_TEXT, { 'Content-Encoding': encoding });
    expect([status, body.error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(body.message).toBe(`Send the body without Content-Encoding; it was ${encoding}.`);
  });

  it.each(['identity', 'Identity'])('may say that it is not compressed: %s', async (encoding) => {
    expect((await post(LOAN_TEXT, { 'Content-Encoding': encoding })).status).toBe(201);
  });
});

describe('a body', () => {
  it.each<[string, string | Uint8Array]>([
    ['is no JSON', '{"amount": 5'],
    ['is white space only', '   '],
    ['is in malformed UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['has an overlong slash in UTF-8', Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d)],
    ['is in UTF-16', new Uint8Array(Buffer.from(`\ufeff${LOAN_TEXT}`, 'utf16le'))],
    ['is a list', `[${LOAN_TEXT}]`],
    ['is null', 'null'],
    ['is a text', '"loan"'],
    ['is a number', '20000'],
    ['is nested beyond reading', '['.repeat(65_536)],
    ['is an object nested 20,000 levels deep', nested(20_000)],
    ['is nested one level too deep', nested(32)],
    ['has a number beyond those of JSON', loanWith('"more":1e400')],
    ['has half a character', loanWith('"more":"\\ud800"')],
    ['has half a character in a name', loanWith('"\\ud800":1')],
  ])('that %s is refused: 400, with a key and without', async (_, raw) => {
    for (const headers of [{}, { 'Idempotency-Key': 'one' }]) {
      const { status, body } = await post(raw, headers);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: 'VALIDATION_ERROR', details: [{ path: '', code: 'INVALID', message: body.message }] });
    }
  });

  it('may be nested 32 levels deep, all told', async () => {
    expect((await post(nested(31))).status).toBe(201);
  });

  it('that is empty counts as an object without members', async () => {
    const { status, body } = await post('');
    expect(status).toBe(400);
    expect(body.details.map(({ path }: { path: string }) => path)).toEqual(['amount', 'interest_rate', 'term_months']);
  });

  it('may begin with a byte order mark, which RFC 8259 lets a reader ignore', async () => {
    expect((await post(`\ufeff${LOAN_TEXT}`)).status).toBe(201);
  });

  it('can’t reach into what it is read into', async () => {
    const { status, body } = await post(loanWith('"__proto__":{"purpose":"mine"},"constructor":1'));
    expect([status, body.loan?.purpose]).toEqual([201, null]);
  });

  it('that breaks off on the way is refused: 400', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytesOf('{'));
        controller.error(new Error('the connection is gone'));
      },
    });
    const { status, body } = await post(broken);
    expect([status, body.message]).toEqual([400, 'The body did not arrive whole. Please send it again.']);
  });

  it('is not needed where a command has no members', async () => {
    const path = `/loans/${await ana.postsLoan()}/cancel`;
    expect((await ana.send('POST', path, { raw: 'x', headers: STRANGE_TYPE })).status).toBe(415);
    expect((await ana.send('POST', path)).status).toBe(200);
  });
});

describe('what is wrong with a request is told in the order of the contract', () => {
  frozenTime();
  const path = '/loans/no-such-loan/lenders';
  const tooLarge = ' '.repeat(65_537);

  it('size, type, token, rate, address, form, loan', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const stranger = await limited.as('stranger@example.com', { email_verified: false });
    const user = await limited.as('user@example.com');
    const unknown = await limited.send('POST', path, { raw: tooLarge, headers: STRANGE_TYPE });
    const typed = await limited.send('POST', path, { raw: '{', headers: STRANGE_TYPE });
    const anonymous = await limited.send('POST', path, { raw: '{', headers: { 'Content-Type': 'application/json' } });
    const broken: Sending = { raw: '{', headers: { 'Content-Type': 'application/json' } };
    const unverified = [];
    for (let time = 0; time < 3; time += 1) unverified.push(await stranger.send('POST', path, broken));
    const formless = await user.send('POST', path, broken);
    const loanless = await user.post(path, { lenders: [{ email: 'ben@example.com', contribution_amount: 5 }] });
    const answers = [unknown, typed, anonymous, ...unverified, formless, loanless];
    expect(answers.map(({ status }) => status)).toEqual([413, 415, 401, 403, 403, 429, 400, 404]);
    await limited.close();
  });

  it('and what is too large or of another type costs no storage call, nor does a form', async () => {
    const calls = await testApp.callsOf(async () => {
      await ana.send('POST', path, { raw: tooLarge });
      await ana.send('POST', path, { raw: '{}', headers: STRANGE_TYPE });
      await ana.post(path, {});
    });
    expect(calls).toEqual([]);
  });
});
