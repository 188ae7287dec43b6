import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../server/src/cli/program.ts';
import { makeSqlite } from '../server/src/storage/sqlite/bulk.ts';
import { respond, startHttpServer } from '../server/src/testing/http-server.ts';
import { leavesOf } from '../server/src/testing/process/cli-commands.ts';
import { runInProcess } from '../server/src/testing/process/cli-in-process.ts';
import { type CliResult, openWorkplace, type Workplace } from '../server/src/testing/process/cli-process.ts';

/* How every command of the command line fails; each exit code also as a process. */

const AS = ['--as', 'ana@example.com'];
const LOAN = '01a202ae-0000-7000-8000-000000000000';
const HOLD = `${LOAN}-1772356500000`;

/** Commands that call a server. */
const REMOTE: readonly (readonly string[])[] = [
  ['token', 'ana@example.com'],
  ['loan', 'create', '--amount', '5', '--interest-rate', '1', '--term-months', '1', ...AS],
  ['lenders', 'add', LOAN, 'ben@example.com=5', ...AS],
  ['lenders', 'import', 'lenders.csv', LOAN, ...AS],
  ['invitations', ...AS],
  ['accept', LOAN, ...AS],
  ['decline', LOAN, ...AS],
  ['watch', LOAN, ...AS],
  ['risk', 'list', ...AS],
  ['risk', 'show', HOLD, ...AS],
  ['risk', 'release', HOLD, ...AS],
  ['risk', 'reject', HOLD, ...AS],
];

let work: Workplace;
/** Where nothing listens. Not one of the ports that `fetch` blocks, such as 9. */
let closedUrl: string;

beforeAll(async () => {
  work = openWorkplace();
  const closed = await startHttpServer(() => {});
  await closed.close();
  closedUrl = `http://127.0.0.1:${closed.port}`;
  makeSqlite(work.path('data', 'lending.db'));
  writeFileSync(work.path('lenders.csv'), 'email,contribution_amount\nben@example.com,40\n');
});

afterAll(() => work.close());

const lending = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
  runInProcess(work.path(), args, settings);

/** The one line of JSON that a failed command printed. */
function failureIn({ code, stdout, stderr }: CliResult): Record<string, unknown> & { code: number | null } {
  expect([stderr, stdout.trimEnd().split('\n').length]).toEqual(['', 1]);
  const failure = JSON.parse(stdout);
  expect(failure).toMatchObject({ success: false, error: expect.any(String), message: expect.any(String) });
  return { ...failure, code };
}

describe('a command with --json', () => {
  it.each(leavesOf(createProgram('lending')).map(({ words }) => [words.join(' '), words] as const))(
    'prints a usage error as one JSON object, and exits with 2: %s',
    async (_, words) => {
      expect(failureIn(await lending([...words, '--json', '--no-such-option']))).toMatchObject({
        code: 2,
        error: 'INVALID_USAGE',
        message: expect.stringMatching(/^unknown option '--no-such-option'|^required option/),
      });
    },
  );

  it.each([[[]], [['lenders']], [['fly']], [['serve', 'extra']]])('prints a JSON object without a command: %j', async (words) => {
    expect(failureIn(await lending([...words, '--json']))).toMatchObject({ code: 2, error: 'INVALID_USAGE' });
  });

  it.each(REMOTE.map((args) => [args.slice(0, 2).join(' '), args] as const))(
    'prints that no server responds as one JSON object, and exits with 4: %s',
    async (_, args) => {
      expect(failureIn(await lending([...args, '--json', '--url', closedUrl]))).toMatchObject({
        code: 4,
        error: 'SERVER_UNAVAILABLE',
        retryable: true,
        message: `No server responds at ${closedUrl} (from --url).`,
        advice: expect.stringContaining('change --url'),
      });
    },
  );

  it.each([
    [1, ['invitations', ...AS, '--json'], 'UNEXPECTED_RESPONSE'],
    [2, ['accept', '--json'], 'INVALID_USAGE'],
    [3, ['accept', LOAN, ...AS, '--json'], 'NOT_FOUND'],
    [4, ['accept', LOAN, ...AS, '--json'], 'SERVER_UNAVAILABLE'],
  ])('exits with its code as a process: %i', async (code, args, error) => {
    const other = await startHttpServer((_request, response) => response.end('<html>'));
    const urls: Readonly<Record<number, string>> = { 1: other.url, 4: closedUrl };
    const result = await work.lending(args, urls[code] === undefined ? {} : { LENDING_URL: urls[code] });
    await other.close();
    expect(failureIn(result)).toMatchObject({ code, error });
  });

  it.each([
    ['serve', ['serve'], { PORT: 'x' }, 'INVALID_CONFIGURATION', 2],
    ['init', ['init'], { STORE: 'sqlite::memory:' }, 'UNUSABLE_STORE', 2],
    [
      'init, database unavailable',
      ['init'],
      { STORE: 'dynamodb:x', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      'DATABASE_UNAVAILABLE',
      4,
    ],
    ['backup', ['backup', 'data/lending.db'], {}, 'UNUSABLE_STORE', 2],
    ['copy', ['copy', '--from', 'sqlite:none.db', '--to', 'sqlite:to.db'], {}, 'UNUSABLE_STORE', 2],
    ['keys', ['keys', 'list'], { STORE: 'sqlite:none.db' }, 'UNUSABLE_STORE', 2],
    ['the API', ['accept', LOAN, ...AS], {}, 'NOT_FOUND', 3],
  ])('prints an error of its kind: %s', async (_, args, settings, error, code) => {
    expect(failureIn(await lending([...args, '--json'], { ...settings }))).toMatchObject({ code, error });
  });
});

describe('a command without --json', () => {
  it('reports that no server responds when a response is cut off', async () => {
    const other = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{', () => response.destroy());
    });
    const { code, stderr } = await lending(['token', 'ana@example.com', '--url', other.url]);
    await other.close();
    expect([code, stderr.split('\n')[0]]).toEqual([4, `No server responds at ${other.url} (from --url).`]);
  });

  it.each(['<html>', '{}'])('explains what responds at a URL that is no server of Private Lending: %s', async (text) => {
    const other = await startHttpServer((_request, response) => response.end(text));
    const { code, stderr } = await lending(['invitations', ...AS, '--url', other.url]);
    await other.close();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^What responds at .+ \(from --url\) is not a server .+ Check the URL\.\n$/),
    ]);
  });

  it('names the command for a new token when the one of the environment has expired, and never shows a token', async () => {
    const server = await work.serve();
    const parts = [{ alg: 'ES256' }, { email: 'ana@example.com', exp: 1 }].map((part) => JSON.stringify(part));
    const token = [...parts, 'a signature of nobody'].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const settings = { LENDING_TOKEN: token };
    const results = [await lending(['invitations'], settings), await lending(['watch', LOAN, '--url', server.url], settings)];
    const advice = 'The token in LENDING_TOKEN expired at 1970-01-01T00:00:01.000Z. For a new one: export LENDING_TOKEN=';
    expect(results.map(({ code, stderr }) => [code, stderr.split('\n')[1]])).toEqual([
      [3, `${advice}"$(npx lending token ana@example.com)"`],
      [3, `${advice}"$(npx lending token ana@example.com --url ${server.url})"`],
    ]);
    expect(JSON.stringify(results)).not.toContain(token.slice(-20));
    expect((await lending(['invitations', '--url', server.url])).stderr).toContain(
      `Sign in with --as EMAIL, or once for all commands: npx lending login --url ${server.url}\n`,
    );
    await server.stop();
  });

  it.each([
    ['invitations', ...AS],
    ['watch', LOAN, ...AS],
    ['token', 'ana@example.com'],
  ])('does not repeat the password of a URL: %s', async (...args) => {
    const { code, stdout, stderr } = await lending(args, { LENDING_URL: 'http://ana:SECRET@127.0.0.1:3000' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--url and LENDING_URL must not contain a user name or a password: set LENDING_TOKEN');
    expect(stderr).not.toContain('SECRET');
  });

  it.each([
    [
      'oidc',
      'https://issuer.example.com',
      'The server at URL has no local issuer',
      'Get a new one from https://issuer.example.com, ',
    ],
    ['email', null, 'The server at URL has no local issuer', 'Sign in: unset LENDING_TOKEN; npx lending login --url URL'],
    ['local', null, 'The local issuer of URL is open to its own machine only', 'For a new one: export LENDING_TOKEN='],
  ])('explains how to sign in where the server issues no token for --as: %s', async (sign_in, issuer, message, advice) => {
    const problem = { success: false, error: 'UNAUTHORIZED', message: 'No.', details: [] };
    const server = await startHttpServer(({ url }, response) => {
      if (url === '/auth/me') respond(response, 200, { success: true, sign_in, user: null, issuer });
      else if (url === '/local/token') respond(response, 404, { ...problem, error: 'NOT_FOUND' });
      else respond(response, 401, problem);
    });
    const results = [await lending(['invitations', ...AS, '--url', server.url])];
    results.push(await lending(['invitations', '--url', server.url], { LENDING_TOKEN: 'a.b.c' }));
    await server.close();
    expect(results.map(({ code, stderr }) => [code, stderr.replaceAll(server.url, 'URL')])).toEqual([
      [2, expect.stringContaining(message)],
      [3, expect.stringContaining(`No.\n${advice}`)],
    ]);
  });

  it('names the issuer where there is no local one', async () => {
    const settings = { AUTH_ISSUER: 'https://issuer.example.com', AUTH_AUDIENCE: 'lending' };
    const { code, stderr } = await lending(['invitations'], settings);
    expect([code, stderr.split('\n')[1]]).toEqual([
      2,
      'Get a token from https://issuer.example.com, and set it: export LENDING_TOKEN=TOKEN',
    ]);
  });
});
