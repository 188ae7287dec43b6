import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathNotFound } from '../domain/errors.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { connectTo, serveTestApp } from '../testing/app/raw-http.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { openOidcTestApp } from '../testing/oidc/oidc-users.ts';

const ANA = { email: 'ana@example.com' };

let testApp: TestApp;

beforeEach(async () => {
  testApp = await openTestApp();
});

afterEach(() => testApp.close());

function requestToken(body: unknown, { origin = '', headers = {} }: { origin?: string; headers?: Record<string, string> } = {}) {
  return testApp.send('POST', `${origin}/local/token`, { body, headers, from: '127.0.0.1' });
}

function expectNotFound({ status, body }: TestResponse): void {
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: 'NOT_FOUND', message: pathNotFound().message });
}

describe('POST /local/token', () => {
  it('issues a token that lets its user post a loan', async () => {
    const { status, body } = await requestToken({ email: ' Ana@Example.com ', name: 'Ana' });
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String), user_id: expect.stringMatching(/^[\w-]{22}$/), expires_in: 3600 });
    expect(decodeJwt(body.token)).toMatchObject({ email: 'ana@example.com', email_verified: true, name: 'Ana' });
    expect((await testApp.withToken(body.token).post('/loans', LOAN)).status).toBe(201);
    expect(lastLine(testApp)['user_id']).toBe(body.user_id);
  });

  it('issues tokens that are valid for an hour and the clock tolerance', async () => {
    const { body } = await requestToken(ANA);
    testApp.advance((3600 + 29) * 1000);
    expect((await testApp.withToken(body.token).get('/loans')).status).toBe(200);
    testApp.advance(1000);
    expect((await testApp.withToken(body.token).get('/loans')).status).toBe(401);
  });

  it('gives each address one user, independent of its spelling', async () => {
    const sent = ['ana@example.com', 'ANA@example.COM', 'ana+loans@example.com', 'a.na@example.com'];
    const ids = await Promise.all(sent.map(async (email) => (await requestToken({ email })).body.user_id));
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('issues tokens for unverified addresses, which get 403 on use', async () => {
    const { status, body } = await requestToken({ ...ANA, email_verified: false });
    expect(status).toBe(200);
    const used = await testApp.withToken(body.token).get('/loans');
    expect([used.status, used.body.error]).toEqual([403, 'FORBIDDEN']);
  });

  it('keeps users and accepts earlier tokens after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lending-'));
    const file = join(folder, 'lending.db');
    const first = await openTestApp({ store: openSqlite(file) });
    const before = await first.as('ana@example.com');
    const loanId = await before.postsLoan();
    await first.close();
    const second = await openTestApp({ store: openSqlite(file) });
    const after = await second.as('ana@example.com');
    expect(after.userId).toBe(before.userId);
    for (const { token } of [before, after]) {
      expect((await second.withToken(token).get('/loans')).body.loans).toMatchObject([{ loan_id: loanId }]);
    }
    await second.close();
    rmSync(folder, { recursive: true });
  });

  it('issues tokens that apps on other stores reject', async () => {
    const { body } = await requestToken(ANA);
    const other = await openTestApp();
    expect((await other.withToken(body.token).get('/loans')).status).toBe(401);
    await other.close();
  });

  it.each([
    ['another algorithm', { alg: 'RS256' }],
    ['another curve', { alg: 'ES384' }],
    ['a symmetric algorithm', { alg: 'HS256' }],
    ['no algorithm', { alg: 'none' }],
    ['another key', { alg: 'ES256', kid: 'other' }],
  ])('issues tokens that are rejected once their header names %s', async (_, header) => {
    const { body } = await requestToken(ANA);
    const [, ...rest] = String(body.token).split('.');
    const token = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    const response = await testApp.withToken(token).get('/loans');
    expect([response.status, response.body.error]).toEqual([401, 'UNAUTHORIZED']);
  });

  it.each<[string, unknown, string]>([
    ['without an address', {}, 'email'],
    ['with a malformed address', { email: 'ana' }, 'email'],
    ['with an address that is no string', { email: 5 }, 'email'],
    ['with a name that is no string', { ...ANA, name: 5 }, 'name'],
    ['with an email_verified that is no boolean', { ...ANA, email_verified: 'yes' }, 'email_verified'],
    ['that is a list', [], ''],
  ])('responds 400 to a token request %s', async (_, sent, path) => {
    const { status, body } = await requestToken(sent);
    expect([status, body.error]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.details).toMatchObject([{ path, code: 'INVALID' }]);
  });

  it('limits the size and media type of a token request', async () => {
    const large = await requestToken({ ...ANA, more: 'x'.repeat(65_536) });
    const typed = await requestToken(ANA, { headers: { 'Content-Type': 'text/plain' } });
    expect([large.status, typed.status]).toEqual([413, 415]);
  });
});

describe('access to POST /local/token', () => {
  it.each([
    'http://localhost',
    'http://localhost:3000',
    'http://LOCALHOST:3000',
    'http://127.0.0.1:3000',
    'http://127.8.8.8',
    'http://[::1]',
    'http://[::1]:8080',
  ])('issues tokens at the loopback name %s', async (origin) => {
    expect((await requestToken(ANA, { origin })).status).toBe(200);
    expect((await requestToken(ANA, { origin, headers: { Origin: new URL(origin).origin } })).status).toBe(200);
  });

  it.each([
    'http://lending.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'http://[::2]',
    'http://0.0.0.0',
  ])('responds 404 to a token request at %s', async (origin) => expectNotFound(await requestToken(ANA, { origin })));

  it.each([
    'https://evil.example.com',
    'http://localhost:5173',
    'http://localhost',
    'https://localhost:3000',
    'http://127.0.0.1:3000',
    'null',
    '',
  ])('responds 404 to a token request from a page of the origin %s', async (origin) =>
    expectNotFound(await requestToken(ANA, { headers: { Origin: origin } })),
  );

  it.each(['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Real-IP'])(
    'responds 404 to a token request with the proxy header %s',
    async (name) => expectNotFound(await requestToken(ANA, { headers: { [name]: 'localhost' } })),
  );

  it('responds 404 to a token request over HTTP/1.0, as nginx speaks by default', async () => {
    const server = await serveTestApp(testApp);
    const body = JSON.stringify(ANA);
    const connection = await connectTo(server.url);
    connection.send(
      `POST /local/token HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect((await connection.answer()).status).toBe(404);
    connection.hangUp();
    await server.close();
  });

  it('checks the Host header of a token request', async () => {
    const server = await serveTestApp(testApp);
    const body = JSON.stringify(ANA);
    const post = (host: string) =>
      `POST /local/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const connection = await connectTo(server.url);
    const statuses: number[] = [];
    for (const host of [
      'localhost:3000',
      '[::1]:3000',
      '127.0.0.1',
      'rebound.example.com',
      'localhost.',
      'localhost@evil.example.com',
    ]) {
      connection.send(post(host));
      statuses.push((await connection.answer()).status);
    }
    expect(statuses).toEqual([200, 200, 200, 404, 404, 400]);
    connection.hangUp();
    await server.close();
  });

  it('responds 404 to a token request where another issuer is configured', async () => {
    const other = await openOidcTestApp({ issuer: 'https://id.example.com' });
    expect(other.app.localIssuer).toBeUndefined();
    expectNotFound(await other.post('/local/token', ANA));
    await other.close();
  });

  it('responds 404 to GET /local/token', async () => {
    expectNotFound(await testApp.get('/local/token'));
  });
});
