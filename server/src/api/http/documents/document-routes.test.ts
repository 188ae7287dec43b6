import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/config.ts';
import { serveTestApp } from '../../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import { publicDocument } from './public-document.ts';

let testApp: TestApp;

beforeEach(async () => {
  testApp = await openTestApp();
});

afterEach(() => testApp.close());

async function request(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await testApp.app.fetch(new Request(`http://localhost${path}`, { method, headers }));
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

const PATHS = ['/docs', '/openapi.json', '/favicon.svg', '/favicon.ico', '/robots.txt'];

describe('addDocumentRoutes', () => {
  it.each([
    ['/docs', 'br', brotliDecompressSync, 0.2],
    ['/docs', 'gzip', gunzipSync, 0.2],
    ['/openapi.json', 'br', brotliDecompressSync, 0.2],
    ['/openapi.json', 'gzip', gunzipSync, 0.2],
  ] as const)('compresses %s with %s to less than a fifth', async (path, encoding, decompress, ratio) => {
    const plain = await request(path);
    const { headers, bytes } = await request(path, { 'Accept-Encoding': encoding });
    expect([headers.get('Content-Encoding'), headers.get('Vary')]).toEqual([encoding, 'Accept-Encoding']);
    expect(headers.get('Content-Length')).toBe(String(bytes.length));
    expect(decompress(bytes).equals(plain.bytes)).toBe(true);
    expect(bytes.length / plain.bytes.length).toBeLessThan(ratio);
  });

  it.each([
    [undefined, null],
    ['', null],
    ['identity', null],
    ['deflate, compress', null],
    ['gzip, deflate, br', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br; q=0.0, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', null],
    ['gzip;q=x', null],
  ])('serves Accept-Encoding %j with Content-Encoding %j', async (accepted, encoding) => {
    const { status, headers } = await request('/docs', accepted === undefined ? {} : { 'Accept-Encoding': accepted });
    expect([status, headers.get('Content-Encoding'), headers.get('Vary')]).toEqual([200, encoding, 'Accept-Encoding']);
  });

  it.each(PATHS)('responds 304 to %s with its current ETag, which differs by encoding', async (path) => {
    const tags = [];
    for (const encoding of ['br', 'gzip', 'identity']) {
      const first = await request(path, { 'Accept-Encoding': encoding });
      const tag = first.headers.get('ETag') ?? '';
      tags.push(tag);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        for (const method of ['GET', 'HEAD']) {
          const conditional = { 'Accept-Encoding': encoding, 'If-None-Match': known };
          const { status, headers, bytes } = await request(path, conditional, method);
          expect([status, bytes.length, headers.get('ETag'), headers.get('Vary')]).toEqual([304, 0, tag, 'Accept-Encoding']);
          expect(headers.get('Content-Length')).toBeNull();
        }
      }
      expect((await request(path, { 'Accept-Encoding': encoding, 'If-None-Match': '"other"' })).status).toBe(200);
    }
    expect(new Set(tags).size).toBe(3);
  });

  it.each(PATHS)('responds to HEAD %s with the headers of GET', async (path) => {
    for (const encoding of ['br', 'identity']) {
      const [get, head] = [
        await request(path, { 'Accept-Encoding': encoding }),
        await request(path, { 'Accept-Encoding': encoding }, 'HEAD'),
      ];
      for (const name of ['Content-Type', 'Content-Length', 'Content-Encoding', 'ETag', 'Vary', 'Cache-Control'])
        expect(head.headers.get(name), name).toBe(get.headers.get(name));
      expect([head.status, head.bytes.length]).toEqual([200, 0]);
    }
  });

  it('sends the length of a compressed page over a real connection', async () => {
    const server = await serveTestApp(testApp);
    const response = await fetch(`${server.url}/docs`, { headers: { 'Accept-Encoding': 'br' } });
    expect([response.status, response.headers.get('Content-Encoding')]).toEqual([200, 'br']);
    expect(await response.text()).toContain(`export LENDING_URL=&#39;${server.url}&#39;`);
    expect(response.headers.get('Transfer-Encoding')).toBeNull();
    await server.close();
  });

  it('does not compress what may hold a secret', async () => {
    const { token } = await testApp.as('ana@example.com');
    for (const path of ['/loans', '/invitations', '/metrics']) {
      const { headers } = await request(path, { 'Accept-Encoding': 'br, gzip', Authorization: `Bearer ${token}` });
      expect(headers.get('Content-Encoding'), path).toBeNull();
    }
  });

  it.each(['/favicon.svg', '/favicon.ico'])('serves %s as an image that may be kept for a day', async (path) => {
    const { status, headers, bytes } = await request(path);
    expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
      200,
      'image/svg+xml',
      'public, max-age=86400',
    ]);
    expect(bytes.toString()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(bytes.length).toBeLessThan(500);
  });

  it('compresses a document once for each encoding', async () => {
    const { body } = publicDocument('text', 'text/plain');
    for (const encoding of ['br', 'gzip', 'identity'] as const) expect(await body(encoding)).toBe(await body(encoding));
  });

  it('keeps crawlers away', async () => {
    expect((await request('/robots.txt')).bytes.toString()).toBe('User-agent: *\nDisallow: /\n');
  });

  it('ignores the query of /docs', async () => {
    expect((await request('/docs?utm_source=mail&x=<script>')).bytes.equals((await request('/docs')).bytes)).toBe(true);
  });

  it('shows the address of each request, of any number', async () => {
    for (let n = 0; n < 20; n += 1) {
      const response = await testApp.app.fetch(new Request(`http://host${n}.localhost/docs`));
      expect(await response.text()).toContain(`http://host${n}.localhost&#39;`);
    }
  });

  it('shows PUBLIC_URL, and redirects to it, where it is set', async () => {
    const { mail } = readConfig({ PUBLIC_URL: 'https://example.com/lending', ALLOW_LOCAL_ISSUER: '1' });
    const published = await openTestApp({ config: { mail } });
    const { text } = await published.get('/docs');
    expect(text).toContain('export LENDING_URL=&#39;https://example.com/lending&#39;');
    expect((await published.get('/')).headers.get('Location')).toBe('https://example.com/lending/docs');
    await published.close();
  });
});
