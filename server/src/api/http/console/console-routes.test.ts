import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOAN_ID } from '../../../testing/app/domain-fixtures.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import { readConsoleFiles } from './console-files.ts';

const HTML = '<!doctype html><script type="module" src="./assets/index-1a.js"></script><link rel="icon" href="./favicon.svg">';

let folder: string;
let test: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'console-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), HTML);
  await writeFile(path.join(folder, 'assets', 'index-1a.js'), 'start();');
  await writeFile(path.join(folder, 'assets', 'index-2b.css'), 'p { margin: 0 }');
  test = await openTestApp({ console: await readConsoleFiles(folder, undefined) });
});

afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

function get(at: string, headers: Record<string, string> = {}) {
  return test.app.fetch(new Request(`http://localhost${at}`, { headers }));
}

describe('the console on a server', () => {
  it.each(['/', '/app', '/app/loans/new', `/app/loans/${LOAN_ID}/invite`, `/invite/${LOAN_ID}`, '/mail/opt-out'])(
    'shows its page at %s, without a call of the store',
    async (at) => {
      const calls = await test.callsOf(async () => {
        const response = await get(at);
        expect(response.status).toBe(200);
        expect(response.headers.get('Content-Type')).toBe('text/html; charset=UTF-8');
        expect(await response.text()).toContain('src="/assets/index-1a.js"');
      });
      expect(calls).toEqual([]);
    },
  );

  it('allows scripts and styles of its own files only, and no frames', async () => {
    const policy = (await get('/')).headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('has its page validated before each use, and its files kept for ever', async () => {
    const page = await get('/');
    expect(page.headers.get('Cache-Control')).toBe('no-cache');
    const again = await get('/', { 'If-None-Match': page.headers.get('ETag') ?? '' });
    expect(again.status).toBe(304);
    const script = await get('/assets/index-1a.js');
    expect(script.headers.get('Content-Type')).toBe('text/javascript; charset=UTF-8');
    expect(script.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/assets/index-2b.css')).headers.get('Content-Type')).toBe('text/css; charset=UTF-8');
  });

  it.each(['/assets/index-9z.js', '/assets/', '/assets/..%2findex.html', '/apps', '/invite/'])('has nothing at %s', async (at) => {
    expect((await get(at)).status).toBe(404);
  });

  it('shows its page to a browser that opens an unknown path, with 404, and a problem to others', async () => {
    const accept = (types: string) => ({ Accept: types, 'Accept-Encoding': 'gzip' });
    const page = await get('/nonsense', accept('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'));
    expect([page.status, page.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=UTF-8']);
    expect([page.headers.get('Vary'), page.headers.get('ETag')]).toEqual(['Accept, Accept-Encoding', null]);
    expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
    const own = (await get('/nonsense', { Accept: 'text/html', 'If-None-Match': (await get('/')).headers.get('ETag') ?? '' }))
      .status;
    expect(own).toBe(404);
    for (const types of ['*/*', 'application/json', 'application/json, text/html', 'text/html;q=0.5, */*']) {
      const problem = await get('/nonsense', accept(types));
      expect([problem.status, problem.headers.get('Vary')]).toEqual([404, 'Accept']);
      expect(await problem.json()).toMatchObject({ error: 'NOT_FOUND' });
    }
  });

  it('shows no page for a file that is missing, nor for a request that is not a GET', async () => {
    for (const request of [
      new Request('http://localhost/assets/index-9z.js', { headers: { Accept: 'text/html' } }),
      new Request('http://localhost/nonsense', { method: 'POST', headers: { Accept: 'text/html' } }),
    ]) {
      const { status, headers } = await test.app.fetch(request);
      expect([status, headers.get('Content-Type')]).toEqual([404, 'application/problem+json']);
    }
  });

  it('names its files below the path of PUBLIC_URL', async () => {
    const files = await readConsoleFiles(folder, 'https://example.org/lending');
    const html = Buffer.from((await files?.page.body('identity')) ?? []).toString();
    expect(html).toContain('src="/lending/assets/index-1a.js"');
    expect(html).toContain('href="/lending/favicon.svg"');
  });

  it('is left out where it has not been built', async () => {
    expect(await readConsoleFiles(path.join(folder, 'missing'), undefined)).toBeUndefined();
  });

  it('rejects a build with a file whose media type is unknown', async () => {
    await writeFile(path.join(folder, 'assets', 'x.wasm'), '');
    await expect(readConsoleFiles(folder, undefined)).rejects.toThrow('unknown type');
  });
});
