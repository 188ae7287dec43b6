import { writeFileSync } from 'node:fs';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqlite } from '../storage/sqlite/bulk.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { runInProcess } from '../testing/process/cli-in-process.ts';
import { type CliResult, openWorkplace, type Workplace } from '../testing/process/cli-process.ts';

const AS_ANA = ['--as', 'ana@example.com'];
const LOAN = ['loan', 'create', '--amount', '20000', '--interest-rate', '4.5', '--term-months', '36'];

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
  makeSqlite(work.path('data', 'lending.db'));
});

afterEach(() => work.close());

/** In this process; the first test of each command starts the built program. */
const lending = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
  runInProcess(work.path(), args, settings);

/** Creates a loan of Ana. */
async function createLoan(): Promise<string> {
  const { stdout } = await lending([...LOAN, ...AS_ANA, '--json']);
  return JSON.parse(stdout).loan.loan_id;
}

function expectFailure(expected: number, { code, stdout, stderr }: CliResult, ...lines: string[]): void {
  expect(stderr.trimEnd().split('\n')).toEqual(lines);
  expect([code, stdout]).toEqual([expected, '']);
}

describe('lending token', () => {
  it('prints only a token, which a server on the same store accepts, or as JSON the whole response', async () => {
    const server = await work.serve();
    const { code, stdout, stderr } = await work.lending(['token', 'Ana@Example.com', '--name', 'Ana']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(stdout)).toMatchObject({ email: 'ana@example.com', name: 'Ana' });
    const { status } = await fetch(`${server.url}/loans`, { headers: { Authorization: `Bearer ${stdout.trim()}` } });
    expect(status).toBe(200);
    const fromStore = await lending(['token', 'ana@example.com', '--json']);
    const fromServer = await lending(['token', 'ana@example.com', '--json', '--url', server.url]);
    const [first, second] = [fromStore, fromServer].map((result) => JSON.parse(result.stdout));
    expect(first).toEqual({ token: expect.any(String), user_id: expect.any(String), expires_in: 3600 });
    expect(second.user_id).toBe(first.user_id);
  });

  it('rejects an invalid e-mail address', async () => {
    expectFailure(3, await lending(['token', 'ana']), 'email must be an e-mail address such as "ana@example.com".');
  });
});

describe('lending loan create', () => {
  it('prints the loan and its lenders', async () => {
    const created = await work.lending([...LOAN, ...AS_ANA, 'ben@example.com=5000', 'cleo@example.com=2500.50']);
    expect([created.code, created.stderr]).toEqual([0, '']);
    const [loan, ...lenders] = created.stdout.trimEnd().split('\n');
    expect(loan).toMatch(/^Loan [0-9a-f-]{36} of 20000 USD is open; 12499.5 USD remain\.$/);
    expect(lenders).toEqual([
      expect.stringMatching(/^ {2}ben@example\.com +5000 {2}pending {2}[\w-]{22}$/),
      expect.stringMatching(/^ {2}cleo@example\.com +2500\.5 {2}pending {2}[\w-]{22}$/),
    ]);
  });

  it('prints every validation error, one a line', async () => {
    const args = ['loan', 'create', '--amount', '-1', '--interest-rate', '300', '--term-months', '0', ...AS_ANA];
    const { code, stdout, stderr } = await lending(args);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^amount must be /),
      expect.stringMatching(/^interest_rate must be /),
      expect.stringMatching(/^term_months must be /),
    ]);
  });

  it('prints an error as JSON with --json, and exits with 3', async () => {
    const args = ['loan', 'create', '--amount', '5', '--interest-rate', '300', '--term-months', '1', ...AS_ANA, '--json'];
    const { code, stdout, stderr } = await lending(args);
    expect([code, stderr]).toEqual([3, '']);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, error: 'VALIDATION_ERROR', details: [{ path: 'interest_rate' }] });
  });

  it('requires a token or --as', async () => {
    expectFailure(
      2,
      await lending(LOAN),
      'This command needs a token: LENDING_TOKEN is not set.',
      'Sign in with --as EMAIL, or once for all commands: export LENDING_TOKEN="$(npx lending token EMAIL)"',
    );
  });

  it.each([
    ['token', ['token', 'ana@example.com']],
    ['--as', [...LOAN, ...AS_ANA]],
  ])('explains that there is no local issuer when another one is set: %s', async (_, args) => {
    const settings = { AUTH_ISSUER: 'https://issuer.example.com', AUTH_AUDIENCE: 'lending' };
    const { code, stderr } = await lending(args, settings);
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      2,
      '  - AUTH_ISSUER is set, so there is no local issuer: get a token from that issuer',
    ]);
  });

  it('explains that there is no local issuer where users sign in by e-mail', async () => {
    const settings = { SMTP_URL: 'smtp://localhost', PUBLIC_URL: 'http://localhost:3000' };
    const { code, stderr } = await lending(['token', 'ana@example.com'], settings);
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      2,
      '  - SMTP_URL and PUBLIC_URL are set, so there is no local issuer: sign in by e-mail, at a server that runs',
    ]);
  });

  it('reports a server that does not respond', async () => {
    const { code, stderr } = await lending(['token', 'ana@example.com', '--url', 'http://127.0.0.1:9']);
    expect([code, stderr.split('\n')]).toEqual([
      4,
      [
        'No server responds at http://127.0.0.1:9 (from --url).',
        'Start one with "npx lending serve", change --url, or leave out --url to open STORE.',
        '',
      ],
    ]);
  });

  it('uses the server and the token of the environment', async () => {
    const server = await work.serve();
    const { stdout: token } = await lending(['token', 'ana@example.com']);
    const settings = { LENDING_URL: server.url, LENDING_TOKEN: token.trim(), STORE: 'sqlite:./elsewhere/none.db' };
    expect((await work.lending(LOAN, settings)).code).toBe(0);
    expect(work.files('elsewhere')).toEqual([]);
    const { stderr } = await server.stop();
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ endpoint: 'CreateLoan', status: 'Success' });
  });

  it.each([
    ['an amount', [...LOAN, ...AS_ANA, 'ben@example.com'], 'Write each lender as EMAIL=AMOUNT'],
    ['a number', [...LOAN, ...AS_ANA, '--term-months', 'three'], 'This must be a number.'],
    ['a term', LOAN.slice(0, -2), "required option '--term-months <months>' not specified"],
  ])('prints its usage when %s is missing', async (_, args, message) => {
    const { code, stderr } = await lending(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: lending loan create');
  });
});

describe('lending lenders add', () => {
  it('prints the invited lenders and what remains', async () => {
    const loanId = await createLoan();
    const added = await work.lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000', 'cleo@example.com=10000.5']);
    expect([added.code, added.stderr]).toEqual([0, '']);
    const [summary, ...lenders] = added.stdout.trimEnd().split('\n');
    expect(summary).toBe('2 lenders invited; 4999.5 USD remain.');
    expect(lenders).toHaveLength(2);
  });

  it('prints the whole response as JSON', async () => {
    const loanId = await createLoan();
    const { stdout } = await lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ success: true, loan_id: loanId, lenders_added: 1, remaining: 15_000 });
  });

  it('prints every validation error, one a line, and invites nobody', async () => {
    const loanId = await createLoan();
    const add = (...lenders: string[]) => lending(['lenders', 'add', loanId, ...AS_ANA, ...lenders]);
    await add('ben@example.com=5000', 'cleo@example.com=5000');
    expectFailure(
      3,
      await add('ben@example.com=1', 'cleo@example.com=1', 'dan@example.com=1'),
      'ben@example.com has already been invited to this loan',
      'cleo@example.com has already been invited to this loan',
    );
    expect((await add('dan@example.com=10000')).stdout).toContain('1 lender invited; 0 USD remain.');
  });

  it('rejects an unknown loan', async () => {
    const add = ['lenders', 'add', '../nothing', ...AS_ANA, 'ben@example.com=5'];
    expectFailure(3, await lending(add), 'There is no such loan, or you have no part in it.');
  });
});

describe('lending invitations, accept and decline', () => {
  const asBen = ['--as', 'ben@example.com'];

  it('prints the invitations of a lender, and the loan after an answer', async () => {
    const loanId = await createLoan();
    expect((await lending(['invitations', ...asBen])).stdout).toBe('0 invitations.\n');
    await lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000']);
    const line = `  ${loanId}  ana@example.com: 5000 USD at 4.5 % for 36 months`;
    expect((await lending(['invitations', ...asBen])).stdout).toBe(`1 invitation.\n${line}  pending\n`);
    const accepted = await work.lending(['accept', loanId, ...asBen]);
    expect([accepted.code, accepted.stderr]).toEqual([0, '']);
    expect(accepted.stdout).toBe(`5000 of 20000 USD are accepted; the loan is open.\n${line}  accepted\n`);
    const declined = await lending(['decline', loanId, ...asBen]);
    expect(declined.stdout).toBe(`0 of 20000 USD are accepted; the loan is open.\n${line}  declined\n`);
  });

  it('prints whole responses as JSON, and fails for an unknown invitation', async () => {
    const loanId = await createLoan();
    await lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000']);
    const { stdout } = await lending(['accept', loanId, ...asBen, '--json']);
    const { invitation } = JSON.parse(stdout);
    expect(JSON.parse((await lending(['invitations', ...asBen, '--json'])).stdout)).toEqual({
      success: true,
      invitations: [invitation],
      next_cursor: null,
    });
    expectFailure(
      3,
      await lending(['decline', loanId, '--as', 'eve@example.com']),
      'There is no such invitation, or you have no part in it.',
    );
  });
});

describe('lending backup', () => {
  it('backs up a store while it is served', async () => {
    const server = await work.serve();
    const loanId = await createLoan();
    const { stdout: token } = await lending(['token', 'ana@example.com']);
    const copied = await work.lending(['backup', 'copy.db', '--json']);
    expect([copied.code, copied.stderr, JSON.parse(copied.stdout)]).toEqual([0, '', { file: 'copy.db' }]);
    await server.stop();
    const testApp = await openTestApp({ store: openSqlite(work.path('copy.db')) });
    testApp.advance(Date.now() - testApp.now);
    expect((await testApp.withToken(token.trim()).get('/loans')).body.loans).toMatchObject([{ loan_id: loanId }]);
    await testApp.close();
  });

  it('prints what it wrote, and never overwrites a file', async () => {
    await createLoan();
    expect((await lending(['backup', 'copy.db'])).stdout).toBe('./data/lending.db is backed up in copy.db\n');
    expectFailure(2, await lending(['backup', 'copy.db']), 'copy.db exists already. Name another file, or remove it first.');
  });
});

describe('lending with a mistyped STORE', () => {
  const STORE = 'sqlite:./dta/lending.db';
  const LOAN_ID = '01a202ae-0000-7000-8000-000000000000';

  it.each([
    ['token', ['token', 'ana@example.com']],
    ['loan create', [...LOAN, ...AS_ANA]],
    ['lenders add', ['lenders', 'add', LOAN_ID, 'ben@example.com=5', ...AS_ANA]],
    ['lenders import', ['lenders', 'import', 'lenders.csv', '--loan', LOAN_ID, ...AS_ANA]],
    ['invitations', ['invitations', ...AS_ANA]],
    ['accept', ['accept', LOAN_ID, ...AS_ANA]],
    ['decline', ['decline', LOAN_ID, ...AS_ANA]],
    ['risk list', ['risk', 'list', ...AS_ANA]],
    ['backup', ['backup', 'copy.db']],
    ['copy', ['copy', '--from', STORE, '--to', 'sqlite:./copy.db']],
  ])('fails, names the path, and creates nothing: %s', async (_, args) => {
    writeFileSync(work.path('lenders.csv'), 'email,contribution_amount\nben@example.com,40\n');
    const before = work.files('.');
    expectFailure(
      2,
      await lending(args, { STORE }),
      `There is no store at ./dta/lending.db (${work.path('dta', 'lending.db')}). Go to the folder of the store or name it in STORE. "lending init" and "lending serve" create a new one.`,
    );
    expect(work.files('.')).toEqual(before);
  });

  it('fails for a store in memory, which ends with the command', async () => {
    const { code, stderr } = await lending(['invitations', ...AS_ANA], { STORE: 'sqlite::memory:' });
    expect([code, stderr]).toEqual([2, 'A store in memory begins and ends with its program. Name a file.\n']);
  });
});

describe('lending', () => {
  it('prints its commands when the command is missing or unknown', async () => {
    const [none, other] = [await work.lending([]), await lending(['fly'])];
    expect([none.code, other.code]).toEqual([2, 2]);
    expect(none.stderr).toMatch(/Usage: lending \[options\] \[command\].*serve .*token .*loan .*lenders .*backup /s);
    expect(other.stderr).toContain("error: unknown command 'fly'");
  });
});
