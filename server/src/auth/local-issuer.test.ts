import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { connectTo, sendRequest, serveLab } from '../testing/app/raw-http.ts';
import { type Answer, LOAN, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { askWith, bearer, openLabFor } from '../testing/oidc/oidc-users.ts';

const HERE = 'http://localhost:3000';
const ANA = { email: 'ana@example.com' };

let testApp: TestApp;

beforeEach(async () => {
  testApp = await openTestApp();
});

afterEach(() => testApp.close());

function askToken(
  body: unknown,
  { at = HERE, headers = {} }: { at?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const sent = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } };
  return sendRequest(testApp, `${at}/local/token`, { ...sent, from: '127.0.0.1' });
}

function expectNoPage({ status, body }: Answer): void {
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: 'NOT_FOUND', message: 'There is nothing at this path. See /docs for what there is.' });
}

describe('the local issuer', () => {
  it('makes a token with which its user posts a loan', async () => {
    const { status, body } = await askToken({ email: ' Ana@Example.com ', name: 'Ana' });
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String), user_id: expect.stringMatching(/^[\w-]{22}$/), expires_in: 3600 });
    expect(decodeJwt(body.token)).toMatchObject({ email: 'ana@example.com', email_verified: true, name: 'Ana' });
    expect((await testApp.send('POST', '/loans', { headers: bearer(body.token), body: LOAN })).status).toBe(201);
    expect(lastLine(testApp)['user_id']).toBe(body.user_id);
  });

  it('makes tokens that serve for an hour, and the leeway', async () => {
    const { body } = await askToken(ANA);
    testApp.advance((3600 + 29) * 1000);
    expect((await askWith(testApp, body.token)).status).toBe(200);
    testApp.advance(1000);
    expect((await askWith(testApp, body.token)).status).toBe(401);
  });

  it('knows the same user by the same address, however it is written, and another by another', async () => {
    const sent = ['ana@example.com', 'ANA@example.COM', 'ana+loans@example.com', 'a.na@example.com'];
    const ids = await Promise.all(sent.map(async (email) => (await askToken({ email })).body.user_id));
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('makes a token for an address that is not verified, which is refused on use', async () => {
    const { status, body } = await askToken({ ...ANA, email_verified: false });
    expect(status).toBe(200);
    const used = await askWith(testApp, body.token);
    expect([used.status, used.body.error]).toEqual([403, 'FORBIDDEN']);
  });

  it('knows the user again after a restart, and honours the tokens of before', async () => {
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
      expect((await askWith(second, token)).body.loans).toMatchObject([{ loan_id: loanId }]);
    }
    await second.close();
    rmSync(folder, { recursive: true });
  });

  it('makes tokens that another store does not take', async () => {
    const { body } = await askToken(ANA);
    const other = await openTestApp();
    expect((await askWith(other, body.token)).status).toBe(401);
    await other.close();
  });

  it.each<[string, unknown, string]>([
    ['without an address', {}, 'email'],
    ['with no address', { email: 'ana' }, 'email'],
    ['with an address that is no text', { email: 5 }, 'email'],
    ['with a name that is no text', { ...ANA, name: 5 }, 'name'],
    ['with a mark that is neither true nor false', { ...ANA, email_verified: 'yes' }, 'email_verified'],
    ['that is a list', [], ''],
  ])('refuses a request %s: 400', async (_, sent, path) => {
    const { status, body } = await askToken(sent);
    expect([status, body.error]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.details).toMatchObject([{ path, code: 'INVALID' }]);
  });

  it('reads a body under the rules of all bodies', async () => {
    const large = await askToken({ ...ANA, more: 'x'.repeat(65_536) });
    const typed = await askToken(ANA, { headers: { 'Content-Type': 'text/plain' } });
    expect([large.status, typed.status]).toEqual([413, 415]);
  });
});

describe('the local issuer answers', () => {
  it.each([
    'http://localhost',
    HERE,
    'http://LOCALHOST:3000',
    'http://127.0.0.1:3000',
    'http://127.8.8.8',
    'http://[::1]',
    'http://[::1]:8080',
  ])('at a loopback name: %s', async (at) => {
    expect((await askToken(ANA, { at })).status).toBe(200);
    expect((await askToken(ANA, { at, headers: { Origin: new URL(at).origin } })).status).toBe(200);
  });

  it.each([
    'http://lending.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'http://[::2]',
    'http://0.0.0.0',
  ])('at no other name: %s', async (at) => expectNoPage(await askToken(ANA, { at })));

  it.each([
    'https://evil.example.com',
    'http://localhost:5173',
    'http://localhost',
    'https://localhost:3000',
    'http://127.0.0.1:3000',
    'null',
    '',
  ])('to no page of another origin: %s', async (origin) => expectNoPage(await askToken(ANA, { headers: { Origin: origin } })));

  it.each(['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Real-IP'])(
    'to nobody behind a proxy: %s',
    async (name) => expectNoPage(await askToken(ANA, { headers: { [name]: 'localhost' } })),
  );

  it('by the Host that was really sent', async () => {
    const server = await serveLab(testApp);
    const body = JSON.stringify(ANA);
    const post = (host: string) =>
      `POST /local/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const wire = await connectTo(server.url);
    const statuses: number[] = [];
    for (const host of [
      'localhost:3000',
      '[::1]:3000',
      '127.0.0.1',
      'rebound.example.com',
      'localhost.',
      'localhost@evil.example.com',
    ]) {
      wire.send(post(host));
      statuses.push((await wire.answer()).status);
    }
    expect(statuses).toEqual([200, 200, 200, 404, 404, 400]);
    wire.hangUp();
    await server.close();
  });

  it('not at all where another issuer is set', async () => {
    const other = await openLabFor({ issuer: 'https://id.example.com' });
    expect(other.app.localIssuer).toBeUndefined();
    expectNoPage(await other.send('POST', '/local/token', { body: ANA }));
    await other.close();
  });

  it('to nothing but POST', async () => {
    expectNoPage(await sendRequest(testApp, '/local/token'));
  });
});
