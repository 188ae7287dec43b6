import { describe, expect, it } from 'vitest';
import { DOMAIN, eventOf } from '../testing/aws/http-api-events.ts';
import { requestOf, resultOf } from './http-event.ts';

const BYTES = Buffer.from([0xff, 0x00, 0xfe, 0x80]);

async function bodyOf(request: Request): Promise<string> {
  return Buffer.from(await request.arrayBuffer()).toString('latin1');
}

describe('requestOf', () => {
  it('has the method, URL and headers that the client sent', () => {
    const request = requestOf(eventOf('PATCH', '/loans/x', { headers: { 'X-Several': 'a,b' } }));
    expect([request.method, request.url]).toEqual(['PATCH', `https://${DOMAIN}/loans/x`]);
    expect(request.headers.get('x-several')).toBe('a,b');
    expect(request.headers.get('host')).toBe(DOMAIN);
  });

  it.each([
    ['unchanged', '/loans?limit=2&cursor=a%2Bb&limit=3&x', '/loans?limit=2&cursor=a%2Bb&limit=3&x'],
    ['if it is empty', '/loans?', '/loans'],
  ])('has the query string %s', (_, target, url) => {
    expect(requestOf(eventOf('GET', target)).url).toBe(`https://${DOMAIN}${url}`);
  });

  it('keeps a question mark at the start of the query string', () => {
    expect(requestOf({ ...eventOf('GET', '/loans'), rawQueryString: '?x=1' }).url).toBe(`https://${DOMAIN}/loans??x=1`);
  });

  it.each([
    ['/loans/a?b', '/loans/a%3Fb'],
    ['/loans/a#b', '/loans/a%23b'],
    ['/loans/a b/ü', '/loans/a%20b/%C3%BC'],
    ['/loans/a%20b', '/loans/a%20b'],
    ['//elsewhere.example.com/x', '//elsewhere.example.com/x'],
    ['', '/'],
  ])('encodes the path, which the gateway has decoded: %s', (rawPath, path) => {
    expect(requestOf({ ...eventOf('GET', '/'), rawPath }).url).toBe(`https://${DOMAIN}${path}`);
  });

  it.each([
    ['prod', '/prod/loans/x', '/loans/x'],
    ['prod', '/prod', '/'],
    ['prod', '/product/x', '/product/x'],
    ['prod', '/loans/prod', '/loans/prod'],
    ['$default', '/loans', '/loans'],
  ])('removes the prefix of a named stage: %s, %s', (stage, rawPath, path) => {
    expect(new URL(requestOf(eventOf('GET', rawPath, { stage })).url).pathname).toBe(path);
  });

  it.each([
    ['as text', '{"name":"Zoë €"}', false],
    ['in base64', Buffer.from('{"name":"Zoë €"}').toString('base64'), true],
  ])('has the body sent %s, and its length', async (_, raw, isBase64Encoded) => {
    const request = requestOf(eventOf('POST', '/loans', { raw, isBase64Encoded, headers: { 'Content-Length': '3' } }));
    expect(request.headers.get('content-length')).toBe('19');
    expect(await request.json()).toEqual({ name: 'Zoë €' });
  });

  it('has a binary body', async () => {
    const request = requestOf(eventOf('POST', '/loans', { raw: BYTES.toString('base64'), isBase64Encoded: true }));
    expect(await bodyOf(request)).toBe(BYTES.toString('latin1'));
  });

  it.each(['%%%%', 'a', 'YQ', 'YQ==YQ==', 'Y Q==', 'YQ==\n'])('throws for an invalid base64 body: %j', (raw) => {
    expect(() => requestOf(eventOf('POST', '/loans', { raw, isBase64Encoded: true }))).toThrow(TypeError);
  });

  it.each([
    ['POST', undefined],
    ['POST', ''],
    ['GET', undefined],
    ['GET', 'an ignored body'],
    ['HEAD', 'another'],
  ])('has an empty body without one, and for a method without bodies: %s, %j', async (method, raw) => {
    const request = requestOf(eventOf(method, '/loans', raw === undefined ? {} : { raw }));
    expect(await bodyOf(request)).toBe('');
    expect(['0', null]).toContain(request.headers.get('content-length'));
  });

  it('has all cookies in one header', () => {
    const request = requestOf(eventOf('GET', '/loans', { cookies: ['a=1', 'b=2'] }));
    expect(request.headers.get('cookie')).toBe('a=1; b=2');
  });

  it.each([
    ['a forbidden method', eventOf('TRACE', '/')],
    ['an invalid header', eventOf('GET', '/', { headers: { 'X-Price': '5 €' } })],
    ['no host', { ...eventOf('GET', '/'), requestContext: { ...eventOf('GET', '/').requestContext, domainName: '' } }],
  ])('throws for an event with %s', (_, event) => {
    expect(() => requestOf(event)).toThrow(TypeError);
  });
});

describe('resultOf', () => {
  it('has the status, headers and text', async () => {
    const headers = { 'Content-Type': 'application/json', Location: '/loans/x', Connection: 'close' };
    expect(await resultOf(new Response('{"name":"Zoë"}', { status: 201, headers }))).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', location: '/loans/x' },
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
    });
  });

  it('has a binary body in base64', async () => {
    const { body, isBase64Encoded } = await resultOf(new Response(BYTES));
    expect([body, isBase64Encoded]).toEqual([BYTES.toString('base64'), true]);
  });

  it('keeps a byte order mark, and allows an empty body', async () => {
    expect((await resultOf(new Response('\u{feff}x'))).body).toBe('\u{feff}x');
    expect(await resultOf(new Response(null, { status: 204 }))).toMatchObject({
      statusCode: 204,
      body: '',
      isBase64Encoded: false,
    });
  });

  it('has each cookie separately', async () => {
    const response = new Response('');
    response.headers.append('Set-Cookie', 'a=1; Expires=Mon, 02 Mar 2026 00:00:00 GMT');
    response.headers.append('Set-Cookie', 'b=2');
    const { cookies, headers } = await resultOf(response);
    expect(cookies).toEqual(['a=1; Expires=Mon, 02 Mar 2026 00:00:00 GMT', 'b=2']);
    expect(headers).not.toHaveProperty('set-cookie');
  });
});
