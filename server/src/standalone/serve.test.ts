import { rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RATE_EXCEEDED } from '../testing/dynamodb/errors.ts';
import { respondWith } from '../testing/dynamodb/faults.ts';
import { ANY, startDynamoDbProxy } from '../testing/dynamodb/proxy.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { openWorkplace, type Workplace } from '../testing/process/cli-process.ts';

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const { port, close } = await startHttpServer(() => {});
  await close();
  return port;
}

describe('lending serve', () => {
  it('prints its URL as one JSON line, and stores data in ./data', async () => {
    const server = await work.serve();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d{4,5}$/);
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ok' });
    expect(work.files('data')).toContain('lending.db');
    const { stdout } = await server.stop();
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('prints its URL as text, with the curl command on its own line', async () => {
    const server = work.started(['serve'], { PORT: '0' });
    await server.printed('curl ');
    const { stdout, stderr } = await server.stop();
    expect(stdout).toMatch(
      /^Private Lending is listening on http:\/\/127\.0\.0\.1:\d+\n {2}reference: .+\/docs\n {2}data: {6}\.\/data\/lending\.db\n/,
    );
    expect(stdout).toMatch(/\n\nOpen http:\/\/127\.0\.0\.1:\d+ in a browser\.\n(?:.*\n)+curl /);
    expect(stdout).toMatch(/^curl -sS -X POST http:.+'$/m);
    expect(stderr).not.toContain('curl');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'exits cleanly on %s, leaving only the database file and its marker',
    async (signal) => {
      const server = await work.serve();
      const { code } = await server.stop(signal);
      expect(code).toBe(0);
      expect(work.files('data')).toEqual(['lending.db', 'lending.db-marker']);
    },
  );

  it('logs to standard error only', async () => {
    const server = await work.serve();
    await fetch(`${server.url}/loans`);
    const { stdout, stderr } = await server.stop();
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ endpoint: 'ListLoans', error: 'UNAUTHORIZED' });
    expect(stdout).not.toContain('ListLoans');
  });
});

describe('lending serve while it starts', () => {
  it('is live, not ready, and can be stopped while the database is throttled', async () => {
    const database = await startDynamoDbProxy('http://127.0.0.1:9');
    database.always(ANY, respondWith(RATE_EXCEEDED));
    const port = await freePort();
    const settings = { STORE: 'dynamodb:lending', ALLOW_LOCAL_ISSUER: '1', AWS_ENDPOINT_URL_DYNAMODB: database.endpoint };
    const starting = work.started(['serve'], { ...settings, PORT: String(port) });
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await expect.poll(() => statusOf('/health/live').catch(() => 0)).toBe(200);
    expect([await statusOf('/health/ready'), await statusOf('/loans')]).toEqual([503, 503]);
    await expect.poll(() => starting.text.stderr).toContain('the database fails (ThrottlingException), trying again for 30 s');
    const ready = await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json();
    expect(ready).toMatchObject({ message: expect.stringContaining('the program is starting: the database fails (Throttling') });
    const { code, stdout } = await starting.stop();
    expect([code, stdout]).toEqual([0, '']);
    await database.stop();
  });

  it('checks the whole file after it was killed, and then serves', async () => {
    const killed = await work.serve();
    await work.paste(killed.demo ?? '');
    await killed.stop('SIGKILL');
    const server = await work.serve();
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    const { stderr } = await server.stop();
    expect(stderr).toContain('the last stop was not clean');
    expect(stderr).toContain('the file is sound');
  });

  it('refuses to start where the store is gone, and creates none', async () => {
    await (await work.serve()).stop();
    rmSync(work.path('data', 'lending.db'));
    const { code, stdout, stderr } = await work.lending(['serve'], { PORT: '0' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^The store \.\/data\/lending\.db is gone: .+ Put the file back\. Or stop what uses it, move .+\n$/);
    expect(work.files('data')).toEqual(['lending.db-marker']);
  });
});

describe('the curl command of the demo loan', () => {
  it('adds three lenders, and is printed on standard output only', async () => {
    const server = await work.serve();
    const { stdout, code } = await work.paste(`${server.demo} -w '\n%{http_code}'`);
    const [body = '', status] = stdout.split('\n');
    expect([code, status]).toEqual([0, '200']);
    const added = JSON.parse(body);
    expect(added).toMatchObject({ success: true, lenders_added: 3, loan_amount: 20_000, remaining: 5000, currency: 'USD' });
    expect(added.lenders.map(({ email }: { email: string }) => email)).toEqual(
      expect.arrayContaining(['ana@example.com', 'ben@example.com', 'chloe@example.com']),
    );
    const { stderr } = await server.stop();
    const [token = ''] = /(?<=Bearer )[^']+/.exec(server.demo ?? '') ?? [];
    expect(token.length).toBeGreaterThan(100);
    expect(stderr).not.toContain('curl');
    expect(stderr).not.toContain(token);
  });

  it('is printed at every start until the loan has lenders', async () => {
    const loanOf = (demo: string | undefined) => /\/loans\/([\w-]+)\/lenders/.exec(demo ?? '')?.[1];
    const first = await work.serve();
    await first.stop();
    const second = await work.serve();
    expect(loanOf(second.demo)).toBe(loanOf(first.demo));
    await work.paste(second.demo ?? '');
    await second.stop();
    const third = await work.serve();
    expect(third.demo).toBeUndefined();
  });

  it('is not printed if the demo loan was deleted', async () => {
    await (await work.serve()).stop();
    const database = new Sqlite(work.path('data', 'lending.db'));
    database.exec("DELETE FROM item WHERE sort = 'loan'");
    database.close();
    expect((await work.serve()).demo).toBeUndefined();
  });

  it('is not printed for a store that was in use before', async () => {
    await work.lending(['init']);
    await work.lending(['token', 'ana@example.com']);
    expect((await work.serve()).demo).toBeUndefined();
  });

  it('is not printed with another issuer, which may be down', async () => {
    const server = await work.serve({ AUTH_ISSUER: 'http://127.0.0.1:1', AUTH_AUDIENCE: 'private-lending' });
    expect(server.demo).toBeUndefined();
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});

/** Invalid settings, and the start of each expected line. */
const INVALID: readonly (readonly [title: string, settings: Record<string, string>, problems: readonly string[]])[] = [
  [
    'invalid values',
    {
      PORT: '99999',
      STORE: 'postgres:x',
      INVITES_PER_HOUR: '0',
      TRUST_PROXY: 'yes',
      REQUESTS_PER_SECOND: '-1',
      CORS_ORIGINS: 'https://a.example/',
      METRICS_TOKEN: 'short',
      AUTH_ISSUER: 'http://id.example.com',
    },
    [
      'PORT must be a whole number from 0 to 65535',
      'STORE must be sqlite:FILE, sqlite::memory: or dynamodb:TABLE',
      'AUTH_ISSUER must be an https URL, or http on a loopback address',
      'INVITES_PER_HOUR must be a whole number from 1 to 1000000',
      'REQUESTS_PER_SECOND must be a whole number from 0 to 1000000',
      'TRUST_PROXY must be a whole number from 0 to 16',
      'CORS_ORIGINS must be origins such as https://app.example.com, not "https://a.example/"',
      'METRICS_TOKEN must have at least 16 characters',
    ],
  ],
  ['an issuer without an audience', { AUTH_ISSUER: 'https://id.example.com' }, ['AUTH_ISSUER needs AUTH_AUDIENCE']],
  ['an audience without an issuer', { AUTH_AUDIENCE: 'private-lending' }, ['AUTH_AUDIENCE needs AUTH_ISSUER']],
  [
    'the local issuer where other hosts can reach it',
    { HOST: '0.0.0.0', STORE: 'dynamodb:lending', SMTP_URL: 'smtp://mail.example.com' },
    [
      'HOST 0.0.0.0 is reachable from other hosts',
      'SMTP_URL sends mail to real users, and the local issuer',
      'STORE is shared, and the local issuer',
      'SMTP_URL needs PUBLIC_URL',
    ],
  ],
];

describe('lending serve settings', () => {
  it.each(INVALID)('prevent the start with one line per problem: %s', async (_, settings, problems) => {
    const { code, stdout, stderr } = await work.lending(['serve'], { PORT: '0', ...settings });
    expect([code, stdout]).toEqual([2, '']);
    const [title, ...lines] = stderr.trimEnd().split('\n');
    expect(title).toBe('Invalid configuration:');
    expect(lines).toEqual(problems.map((problem) => expect.stringContaining(`  - ${problem}`)));
    expect(work.files('data')).toEqual([]);
  });

  it('allow the local issuer on all interfaces with ALLOW_LOCAL_ISSUER', async () => {
    const server = await work.serve({ HOST: '0.0.0.0', ALLOW_LOCAL_ISSUER: '1' });
    expect((await server.stop()).code).toBe(0);
  });

  it('count as unset if they are empty', async () => {
    const server = await work.serve({ HOST: '', AUTH_ISSUER: '', REQUESTS_PER_SECOND: '' });
    expect(server.url).toContain('127.0.0.1');
  });

  it('prevent the start with one line if the address is in use', async () => {
    const taken = await startHttpServer(() => {});
    const port = String(taken.port);
    const { code, stderr } = await work.lending(['serve'], { PORT: port });
    expect(code).toBe(2);
    expect(stderr).toContain(`cannot listen on HOST 127.0.0.1 and PORT ${port}: the address is in use.`);
    expect(stderr).not.toContain('    at ');
    await taken.close();
  });
});
