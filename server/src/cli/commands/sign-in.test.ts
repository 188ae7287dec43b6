import { statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqlite } from '../../storage/sqlite/bulk.ts';
import { respond, startHttpServer } from '../../testing/http-server.ts';
import { runInProcess } from '../../testing/process/cli-in-process.ts';
import { openWorkplace, type Workplace } from '../../testing/process/cli-process.ts';

const EXPIRES_AT = '2036-03-31T09:15:00.000Z';
const INVITATIONS = { success: true, invitations: [], next_cursor: null };

let work: Workplace;
let server: Awaited<ReturnType<typeof startHttpServer>>;
/** Tokens that the server accepts. */
let valid: Set<string>;
let requests: string[];

beforeEach(async () => {
  work = openWorkplace();
  valid = new Set();
  requests = [];
  server = await startHttpServer(async (request, response) => {
    const [status, body] = await reply(request);
    respond(response, status, body);
  });
});

afterEach(async () => {
  await server.close();
  await work.close();
});

/** The calls of a server with the local issuer that these commands use. */
async function reply(request: IncomingMessage): Promise<[number, object]> {
  const call = `${request.method} ${request.url?.split('?')[0]}`;
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  requests.push(`${call} ${token}`.trim());
  const email = token.replace('token-of-', '');
  const user = valid.has(token) ? { user_id: 'U', email, name: null, expires_at: EXPIRES_AT } : null;
  switch (call) {
    case 'GET /auth/me':
      return [200, { success: true, sign_in: 'local', user, feed_url: null, issuer: null, client_id: null }];
    case 'POST /local/token': {
      const { email: address = '' } = Object(await readJson(request));
      if (address === '') return [400, { success: false, error: 'VALIDATION_ERROR', message: 'email is missing', details: [] }];
      valid.add(`token-of-${address}`);
      return [200, { success: true, token: `token-of-${address}`, user_id: 'U', expires_in: 3600 }];
    }
    default:
      if (!user) return [401, { success: false, error: 'UNAUTHORIZED', message: 'The token has expired.', details: [] }];
      if (call === 'POST /auth/logout') valid.delete(token);
      return [200, call === 'POST /auth/logout' ? { success: true, logout_url: null } : INVITATIONS];
  }
}

const lending = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
  runInProcess(work.path(), args, { XDG_CONFIG_HOME: work.path('config'), ...settings });

const login = (email: string, url = server.url) => lending(['login', '--email', email, '--url', url]);
const credentials = () => work.path('config', 'private-lending', 'credentials.json');

describe('lending login', () => {
  it('signs in, and commands use the login without further options', async () => {
    expect(await login('ana@example.com')).toEqual({
      code: 0,
      stdout: `Signed in at ${server.url} as ana@example.com, until ${EXPIRES_AT}.\n`,
      stderr: '',
    });
    expect((statSync(credentials()).mode & 0o777).toString(8)).toBe('600');
    requests.length = 0;
    expect(await lending(['invitations'])).toEqual({ code: 0, stdout: '0 invitations.\n', stderr: '' });
    expect(await lending(['invitations', '--url', `${server.url}/`])).toMatchObject({ code: 0 });
    expect(await lending(['invitations'], { LENDING_URL: server.url })).toMatchObject({ code: 0 });
    expect(requests).toEqual(Array(3).fill('GET /invitations token-of-ana@example.com'));
  });

  it('prints the user as JSON', async () => {
    const { stdout, stderr } = await lending(['login', '--email', 'ana@example.com', '--url', server.url, '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      success: true,
      url: server.url,
      user_id: 'U',
      email: 'ana@example.com',
      name: null,
      expires_at: EXPIRES_AT,
    });
  });

  it('is not used where LENDING_TOKEN, --as or STORE is given', async () => {
    await login('ana@example.com');
    makeSqlite(work.path('data', 'lending.db'));
    valid.add('token-of-eve@example.com');
    requests.length = 0;
    const url = ['--url', server.url];
    await lending(['invitations', ...url], { LENDING_TOKEN: 'token-of-eve@example.com' });
    await lending(['invitations', ...url, '--as', 'ben@example.com']);
    expect(requests.filter((request) => request.startsWith('GET'))).toEqual([
      'GET /invitations token-of-eve@example.com',
      'GET /invitations token-of-ben@example.com',
    ]);
    requests.length = 0;
    expect(await lending(['invitations', '--as', 'ben@example.com'])).toMatchObject({ code: 0, stdout: '0 invitations.\n' });
    expect(await lending(['invitations'], { STORE: 'sqlite:./data/lending.db' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('This command needs a token: LENDING_TOKEN is not set.'),
    });
    expect(requests).toEqual([]);
  });

  it('is what commands advise where it is missing or has ended', async () => {
    expect((await lending(['invitations', '--url', server.url])).stderr).toContain(
      `Sign in with --as EMAIL, or once for all commands: npx lending login --url ${server.url}\n`,
    );
    await login('ana@example.com');
    valid.clear();
    const { code, stderr } = await lending(['invitations']);
    expect([code, stderr]).toEqual([3, `The token has expired.\nSign in again: npx lending login --url ${server.url}\n`]);
    expect((await lending(['watch', 'L'])).stderr).toContain(server.url);
  });

  it('needs a terminal, unless it has nothing to ask', async () => {
    const { code, stderr } = await lending(['login', '--url', server.url]);
    expect([code, stderr.split('\n')]).toEqual([
      2,
      [
        'Signing in needs a terminal, and there is none.',
        'Run "npx lending login" in a terminal. In scripts, set LENDING_TOKEN.',
        '',
      ],
    ]);
  });

  it('reports a server that does not respond, also that of the last login', async () => {
    await login('ana@example.com');
    await server.close();
    const { code, stderr } = await login('ana@example.com');
    expect([code, stderr.split('\n')[0]]).toEqual([4, `No server responds at ${server.url} (from --url).`]);
    const later = await lending(['invitations']);
    expect([later.code, later.stderr.split('\n')[0]]).toEqual([4, `No server responds at ${server.url} (the last login).`]);
  });
});

describe('lending logout', () => {
  it('ends the session of the last login, and deletes it', async () => {
    await login('ana@example.com');
    expect(await lending(['logout'])).toEqual({ code: 0, stdout: `Signed out at ${server.url}.\n`, stderr: '' });
    expect(requests.at(-1)).toBe('POST /auth/logout token-of-ana@example.com');
    expect(valid).toEqual(new Set());
    const { stdout } = await lending(['logout', '--url', server.url, '--json']);
    expect(JSON.parse(stdout)).toEqual({ success: true, url: server.url, signed_out: false, everywhere: false });
  });

  it('says that it was on all devices', async () => {
    await login('ana@example.com');
    expect((await lending(['logout', '--everywhere'])).stdout).toBe(`Signed out at ${server.url}, on all devices.\n`);
  });
});
