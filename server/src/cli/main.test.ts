import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { type CliResult, openWorkplace, type Workplace } from '../testing/process/cli-process.ts';

const AS_ANA = ['--as', 'ana@example.com'];
const LOAN = ['loan', 'create', '--amount', '20000', '--interest-rate', '4.5', '--term-months', '36'];

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

/** Ana's loan, by the command line. */
async function createdLoan(): Promise<string> {
  const { stdout } = await work.lending([...LOAN, ...AS_ANA, '--json']);
  return JSON.parse(stdout).loan.loan_id;
}

function expectRefusal({ code, stdout, stderr }: CliResult, ...lines: string[]): void {
  expect(stderr.trimEnd().split('\n')).toEqual(lines);
  expect([code, stdout]).toEqual([1, '']);
}

describe('lending token', () => {
  it('prints a token and nothing else, which a server on the same store takes', async () => {
    const server = await work.serve();
    const { code, stdout, stderr } = await work.lending(['token', 'Ana@Example.com', '--name', 'Ana']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(stdout)).toMatchObject({ email: 'ana@example.com', name: 'Ana' });
    const { status } = await fetch(`${server.url}/loans`, { headers: { Authorization: `Bearer ${stdout.trim()}` } });
    expect(status).toBe(200);
  });

  it('prints the whole answer as JSON, the same user each time, asked of the store or of a server', async () => {
    const server = await work.serve();
    const own = await work.lending(['token', 'ana@example.com', '--json']);
    const context = await work.lending(['token', 'ana@example.com', '--json', '--url', server.url]);
    const [first, second] = [own, context].map(({ stdout }) => JSON.parse(stdout));
    expect(first).toEqual({ token: expect.any(String), user_id: expect.any(String), expires_in: 3600 });
    expect(second.user_id).toBe(first.user_id);
  });

  it('refuses what is no address', async () => {
    expectRefusal(await work.lending(['token', 'ana']), 'email must be an e-mail address such as "ana@example.com".');
  });
});

describe('lending loan create', () => {
  it('tells the loan and its lenders', async () => {
    const created = await work.lending([...LOAN, ...AS_ANA, 'ben@example.com=5000', 'cleo@example.com=2500.50']);
    expect([created.code, created.stderr]).toEqual([0, '']);
    const [loan, ...lenders] = created.stdout.trimEnd().split('\n');
    expect(loan).toMatch(/^Loan [0-9a-f-]{36} of 20000 USD is open; 12499.5 USD remain\.$/);
    expect(lenders).toEqual([
      expect.stringMatching(/^ {2}ben@example\.com +5000 {2}pending {2}[\w-]{22}$/),
      expect.stringMatching(/^ {2}cleo@example\.com +2500\.5 {2}pending {2}[\w-]{22}$/),
    ]);
  });

  it('tells every reason of a refusal, a line each', async () => {
    const context = ['loan', 'create', '--amount', '-1', '--interest-rate', '300', '--term-months', '0', ...AS_ANA];
    const { code, stdout, stderr } = await work.lending(context);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^amount must be /),
      expect.stringMatching(/^interest_rate must be /),
      expect.stringMatching(/^term_months must be /),
    ]);
  });

  it('prints a refusal as JSON where JSON is asked for, and fails all the same', async () => {
    const context = ['loan', 'create', '--amount', '5', '--interest-rate', '300', '--term-months', '1', ...AS_ANA, '--json'];
    const { code, stdout, stderr } = await work.lending(context);
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, error: 'VALIDATION_ERROR', details: [{ path: 'interest_rate' }] });
  });

  it('asks who is asking', async () => {
    const refused = await work.lending(LOAN);
    expectRefusal(refused, 'Invalid configuration:', '  - LENDING_TOKEN is not set: say who you are, with it or with --as EMAIL');
  });

  it.each([
    ['token', ['token', 'ana@example.com']],
    ['--as', [...LOAN, ...AS_ANA]],
  ])('says that there is no local issuer where another one is set: %s', async (_, context) => {
    const settings = { AUTH_ISSUER: 'https://issuer.example.com', AUTH_AUDIENCE: 'lending' };
    const { code, stderr } = await work.lending(context, settings);
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      '  - AUTH_ISSUER is set, so there is no local issuer: have that issuer make the token',
    ]);
  });

  it('says so where nothing answers', async () => {
    const { code, stderr } = await work.lending(['token', 'ana@example.com', '--url', 'http://127.0.0.1:9']);
    expect([code, stderr]).toEqual([
      1,
      'Nothing answers at http://127.0.0.1:9. Start a server there, or leave out --url and LENDING_URL.\n',
    ]);
  });

  it('goes to a server, with a token, where the environment names them', async () => {
    const server = await work.serve();
    const { stdout: token } = await work.lending(['token', 'ana@example.com']);
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
  ])('tells how it is used where %s is missing', async (_, context, message) => {
    const { code, stderr } = await work.lending(context);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: lending loan create');
  });
});

describe('lending lenders add', () => {
  it('tells who was invited and what remains', async () => {
    const loanId = await createdLoan();
    const added = await work.lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000', 'cleo@example.com=10000.5']);
    expect([added.code, added.stderr]).toEqual([0, '']);
    const [told, ...lenders] = added.stdout.trimEnd().split('\n');
    expect(told).toBe('2 lenders invited; 4999.5 USD remain.');
    expect(lenders).toHaveLength(2);
  });

  it('prints the whole answer as JSON', async () => {
    const loanId = await createdLoan();
    const { stdout } = await work.lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ success: true, loan_id: loanId, lenders_added: 1, remaining: 15_000 });
  });

  it('tells every reason of a refusal, a line each, and invites nobody', async () => {
    const loanId = await createdLoan();
    const add = (...lenders: string[]) => work.lending(['lenders', 'add', loanId, ...AS_ANA, ...lenders]);
    await add('ben@example.com=5000', 'cleo@example.com=5000');
    expectRefusal(
      await add('ben@example.com=1', 'cleo@example.com=1', 'dan@example.com=1'),
      'ben@example.com has already been invited to this loan',
      'cleo@example.com has already been invited to this loan',
    );
    expect((await add('dan@example.com=10000')).stdout).toContain('1 lender invited; 0 USD remain.');
  });

  it('refuses a loan that there is not', async () => {
    const add = ['lenders', 'add', '../nothing', ...AS_ANA, 'ben@example.com=5'];
    expectRefusal(await work.lending(add), 'There is no such loan, or you have no part in it.');
  });
});

describe('lending invitations, accept and decline', () => {
  const asBen = ['--as', 'ben@example.com'];

  it('tell what somebody is invited to, and what became of their answer', async () => {
    const loanId = await createdLoan();
    expect((await work.lending(['invitations', ...asBen])).stdout).toBe('0 invitations.\n');
    await work.lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000']);
    const line = `  ${loanId}  ana@example.com: 5000 USD at 4.5 % for 36 months`;
    expect((await work.lending(['invitations', ...asBen])).stdout).toBe(`1 invitation.\n${line}  pending\n`);
    const accepted = await work.lending(['accept', loanId, ...asBen]);
    expect([accepted.code, accepted.stderr]).toEqual([0, '']);
    expect(accepted.stdout).toBe(`5000 of 20000 USD are accepted; the loan is open.\n${line}  accepted\n`);
    const declined = await work.lending(['decline', loanId, ...asBen]);
    expect(declined.stdout).toBe(`0 of 20000 USD are accepted; the loan is open.\n${line}  declined\n`);
  });

  it('print whole answers as JSON, and fail where there is no such invitation', async () => {
    const loanId = await createdLoan();
    await work.lending(['lenders', 'add', loanId, ...AS_ANA, 'ben@example.com=5000']);
    const { stdout } = await work.lending(['accept', loanId, ...asBen, '--json']);
    const { invitation } = JSON.parse(stdout);
    expect(JSON.parse((await work.lending(['invitations', ...asBen, '--json'])).stdout)).toEqual({
      ...{ success: true, invitations: [invitation], next_cursor: null },
    });
    expectRefusal(
      await work.lending(['decline', loanId, '--as', 'eve@example.com']),
      'There is no such invitation, or you have no part in it.',
    );
  });
});

describe('lending backup', () => {
  it('copies the store while it is served', async () => {
    const server = await work.serve();
    const loanId = await createdLoan();
    const { stdout: token } = await work.lending(['token', 'ana@example.com']);
    const copied = await work.lending(['backup', 'copy.db', '--json']);
    expect([copied.code, copied.stderr, JSON.parse(copied.stdout)]).toEqual([0, '', { file: 'copy.db' }]);
    await server.stop();
    const testApp = await openTestApp({ store: openSqlite(work.path('copy.db')) });
    testApp.advance(Date.now() - testApp.now);
    expect((await testApp.withToken(token.trim()).get('/loans')).body.loans).toMatchObject([{ loan_id: loanId }]);
    await testApp.close();
  });

  it('tells what it did, and never writes over a file', async () => {
    await createdLoan();
    expect((await work.lending(['backup', 'copy.db'])).stdout).toBe('./data/lending.db is backed up in copy.db\n');
    expectRefusal(await work.lending(['backup', 'copy.db']), 'copy.db exists already. Name another file, or remove it first.');
  });

  it('refuses where there is no store', async () => {
    expectRefusal(
      await work.lending(['backup', 'copy.db']),
      'There is no store at ./data/lending.db. Set STORE to the one to back up.',
    );
    expect(work.files('.')).toEqual([]);
  });
});

describe('lending', () => {
  it('tells its commands to whoever names none or another', async () => {
    const [none, other] = [await work.lending([]), await work.lending(['fly'])];
    expect([none.code, other.code]).toEqual([1, 1]);
    expect(none.stderr).toMatch(/Usage: lending \[options\] \[command\].*serve .*token .*loan .*lenders .*backup /s);
    expect(other.stderr).toContain("error: unknown command 'fly'");
  });
});
