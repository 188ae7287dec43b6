import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestId } from '../domain/ids.ts';
import { emailOf, userIdFor } from '../testing/app/domain-fixtures.ts';
import {
  type FingerprintInput,
  fingerprint,
  type IdempotencyKeyHeaders,
  idempotencyRecordKey,
  isUnexpired,
  parseIdempotencyKey,
} from './idempotency.ts';

function key(text: string | undefined, other?: string): ReturnType<typeof parseIdempotencyKey> {
  return parseIdempotencyKey({ 'Idempotency-Key': text, 'X-Idempotency-Key': other });
}

function pathOf(sent: IdempotencyKeyHeaders): string | undefined {
  const read = parseIdempotencyKey(sent);
  return typeof read === 'object' ? read.path : undefined;
}

const malformed = (path: string) => ({
  path,
  code: 'INVALID',
  message: `${path} must be sent once, with 1 to 255 visible ASCII characters (spaces only inside double quotes).`,
});

describe('parseIdempotencyKey', () => {
  it('returns undefined where no key was sent', () => {
    expect(key(undefined)).toBeUndefined();
  });

  it.each([
    ['k', '"k"'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ['a\\b', '"a\\\\b"'],
    ['a"b', '"a\\"b"'],
    ['!#$%&()*+,-./:;<=>?@[]^_`{|}~', '"!#$%&()*+,-./:;<=>?@[]^_`{|}~"'],
  ])('reads the same key bare as %s and quoted as %s', (bare, quoted) => {
    expect([key(bare), key(quoted)]).toEqual([bare, bare]);
  });

  it('takes 1 to 255 characters, counted without quotes and escapes', () => {
    expect(key('k'.repeat(255))).toBe('k'.repeat(255));
    expect(key(`"${'k'.repeat(255)}"`)).toBe('k'.repeat(255));
    expect(key(`"${'\\"'.repeat(255)}"`)).toBe('"'.repeat(255));
    expect(key('k'.repeat(256))).toEqual(malformed('Idempotency-Key'));
    expect(key(`"${'k'.repeat(256)}"`)).toEqual(malformed('Idempotency-Key'));
    expect(key('"k"')).toBe('k');
  });

  it('takes spaces inside quotes only', () => {
    expect(key('"a b"')).toBe('a b');
    expect(key('" "')).toBe(' ');
    expect(key('a b')).toEqual(malformed('Idempotency-Key'));
  });
});

describe('parseIdempotencyKey of a malformed or repeated key', () => {
  it.each([
    ...[
      '',
      '""',
      ' ',
      '"',
      'a\u0000b',
      '"a\u0000b"',
      'a\tb',
      '"a\tb"',
      '"a\nb"',
      'a\u007fb',
      '"a\u007fb"',
      'kéy',
      '"kéy"',
      '\u20ac',
    ],
    ...['"a"b"', '"a', 'a b', '"a\\b"', '"a\\', '"a";p=1', 'a, b', '"a", "b"', 'a, a', 'a, ', ', a', '"a", '],
  ])('rejects %j', (text) => {
    expect(key(text)).toEqual(malformed('Idempotency-Key'));
    expect(key(undefined, text)).toEqual(malformed('X-Idempotency-Key'));
    expect(pathOf({ 'Idempotency-Key': 'fine', 'X-Idempotency-Key': text })).toBe('X-Idempotency-Key');
  });

  it('takes the key from either header, or from both where they are equal', () => {
    expect(key(undefined, 'k')).toBe('k');
    expect(key('k', 'k')).toBe('k');
    expect(key('"k"', 'k')).toBe('k');
  });

  it('rejects two headers that differ', () => {
    expect(key('k', 'K')).toEqual({
      path: 'Idempotency-Key',
      code: 'INVALID',
      message: 'Idempotency-Key and X-Idempotency-Key differ. Send one of them.',
    });
  });

  it('returns any text that was quoted', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)), minLength: 1 }),
        (text) => {
          expect(key(`"${text.replaceAll(/["\\]/g, '\\$&')}"`)).toBe(text);
        },
      ),
    );
  });
});

describe('idempotencyRecordKey', () => {
  const caller = { userId: userIdFor('ana'), email: emailOf('ana@example.com'), name: null, isOperator: false, expiresAt: 0 };

  it('differs for each user, use case, loan and key', () => {
    const ben = { ...caller, userId: userIdFor('ben') };
    const keys = [
      idempotencyRecordKey(caller, 'AddLenders', 'loan-1', 'k'),
      idempotencyRecordKey(ben, 'AddLenders', 'loan-1', 'k'),
      idempotencyRecordKey(caller, 'RevokeLender', 'loan-1', 'k'),
      idempotencyRecordKey(caller, 'AddLenders', 'loan-2', 'k'),
      idempotencyRecordKey(caller, 'AddLenders', 'loan-1', 'K'),
      idempotencyRecordKey(caller, 'AddLenders', 'loan-', '1k'),
      idempotencyRecordKey(caller, 'AddLenders', '', 'loan-1k'),
    ];
    expect(new Set(keys.map(({ partition }) => partition)).size).toBe(keys.length);
  });

  it('stays the same when the user’s address changes', () => {
    const moved = { ...caller, email: emailOf('ana@new.example'), name: 'Ana' };
    expect(idempotencyRecordKey(moved, 'AddLenders', 'loan-1', 'k')).toEqual(
      idempotencyRecordKey(caller, 'AddLenders', 'loan-1', 'k'),
    );
  });

  it('does not reveal the key or the loan', () => {
    expect(JSON.stringify(idempotencyRecordKey(caller, 'AddLenders', 'loan-1', 'my-secret'))).not.toMatch(/my-secret|loan-1/);
  });
});

describe('isUnexpired', () => {
  const response = { status: 200, body: '', location: null } as const;

  it('judges a record by its own timestamp', () => {
    const requestId = parseRequestId('r-1');
    if (requestId === undefined) throw new TypeError('r-1 is a request id');
    const alive = (now: number) => isUnexpired({ fingerprint: '', response, requestId, at: 1000 }, now, 500);
    expect([alive(1000), alive(1499), alive(1500), alive(1501)]).toEqual([true, true, false, false]);
  });
});

describe('fingerprint', () => {
  const request: FingerprintInput = { parameters: { loan_id: 'loan-1' }, query: '', mediaType: 'application/json', body: {} };
  const printOf = (text: string) => fingerprint({ ...request, body: JSON.parse(text) });

  it('ignores white space, member order and spelling of the JSON', () => {
    const print = printOf('{"lenders":[{"email":"a@b.de","contribution_amount":5000}],"note":"é"}');
    expect(printOf('{ "note" : "\\u00e9", "lenders":\n[ {"contribution_amount":5e3, "email":"a@b.de"} ] }')).toBe(print);
    expect(printOf('{"note":"é","lenders":[{"contribution_amount":5000.0,"email":"\\u0061@b.de"}]}')).toBe(print);
  });

  it('is that of earlier versions, whose records are still stored', () => {
    const print = printOf(
      '{"lenders":[{"email":"é@b.de","contribution_amount":0.1,"name":null}],"B":1e21,"a":[],"__proto__":{"\\u0001":"\\u2028\\"/"}}',
    );
    expect(print).toBe('A_ehbAEmMcFVpGUnXf3tcLxek3m0y-yZOAgOnAqwEls');
  });

  it('ignores the order of members with any names', () => {
    const anyObject = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    const reversed = (body: object) => Object.fromEntries(Object.entries(body).reverse());
    fc.assert(
      fc.property(anyObject, (body) => fingerprint({ ...request, body }) === fingerprint({ ...request, body: reversed(body) })),
    );
  });

  it.each([
    ['an amount', '{"a":[{"amount":1},{"amount":2}]}'],
    ['an amount as text', '{"a":[{"amount":"1"},{"amount":3}]}'],
    ['the order of a list', '{"a":[{"amount":3},{"amount":1}]}'],
    ['one element less', '{"a":[{"amount":1}]}'],
    ['one element more', '{"a":[{"amount":1},{"amount":3},{"amount":3}]}'],
    ['a member more', '{"a":[{"amount":1},{"amount":3}],"b":null}'],
    ['a name', '{"A":[{"amount":1},{"amount":3}]}'],
    ['the nesting', '{"a":[[{"amount":1},{"amount":3}]]}'],
    ['null for a number', '{"a":[{"amount":1},{"amount":null}]}'],
    ['capitals', '{"a":[{"Amount":1},{"amount":3}]}'],
  ])('differs for another body: %s', (_what, text) => {
    expect(printOf(text)).not.toBe(printOf('{"a":[{"amount":1},{"amount":3}]}'));
  });

  it('differs for another path, query or media type', () => {
    const others: readonly FingerprintInput[] = [
      request,
      { ...request, parameters: { loan_id: 'loan-1', lender_id: 'x' } },
      { ...request, query: '?dry=1' },
      { ...request, mediaType: 'application/merge-patch+json' },
      { ...request, mediaType: '', query: 'application/json' },
    ];
    expect(new Set(others.map(fingerprint)).size).toBe(others.length);
  });
});
