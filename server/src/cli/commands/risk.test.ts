import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_ISSUER } from '../../auth/local-issuer.ts';
import { userIdOf } from '../../auth/token-verifier.ts';
import { makeSqlite } from '../../storage/sqlite/bulk.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { runInProcess } from '../../testing/process/cli-in-process.ts';
import { openWorkplace, type Workplace } from '../../testing/process/cli-process.ts';
import { holdOf, storeHolds } from '../../testing/risk/seed-holds.ts';

const AS = ['--as', 'olga@example.com'];
const OPERATORS = { OPERATORS: 'olga@example.com' };
const BORROWER = userIdOf(LOCAL_ISSUER, 'borrower@example.com');
const OLGA = userIdOf(LOCAL_ISSUER, 'olga@example.com');
const INVITED_AT = Date.UTC(2026, 2, 1, 9, 15);

let work: Workplace;
let loan: string;

beforeEach(async () => {
  work = openWorkplace();
  makeSqlite(work.path('data', 'lending.db'));
  const create = ['loan', 'create', '--amount', '20000', '--interest-rate', '4.5', '--term-months', '36', 'ana@example.com=5'];
  const { stdout } = await lending([...create, '--as', 'borrower@example.com', '--json']);
  loan = JSON.parse(stdout).loan.loan_id;
});

afterEach(() => work.close());

const lending = (args: readonly string[], settings: Readonly<Record<string, string>> = OPERATORS) =>
  runInProcess(work.path(), args, settings);

async function seed(...changes: Parameters<typeof holdOf>[3][]): Promise<void> {
  const store = openSqlite(work.path('data', 'lending.db'));
  try {
    await storeHolds({ store }, ...changes.map((change, index) => holdOf(loan, BORROWER, INVITED_AT + index, change)));
  } finally {
    await store.close();
  }
}

describe('lending risk list', () => {
  it('prints a line for each hold that nobody has decided on, the newest first', async () => {
    await seed(
      {},
      { isEnforced: false, score: null, reasons: [], invitations: 20 },
      { decision: 'released', decidedAt: 1, decidedBy: OLGA },
    );
    const { code, stdout, stderr } = await lending(['risk', 'list', ...AS]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      '2 holds.',
      `  ${loan}-1772356500001  noted     none    20  borrower@example.com`,
      `  ${loan}-1772356500000  held      0.97     1  borrower@example.com              many invitations at once`,
      '',
    ]);
  });

  it('prints all pages, of the status given', async () => {
    await seed(...Array.from({ length: 101 }, () => ({})), { isEnforced: false });
    const { stdout } = await lending(['risk', 'list', '--status', 'held', ...AS, '--json']);
    const { holds, next_cursor } = JSON.parse(stdout);
    expect([holds.length, new Set(holds.map(({ hold_id }: { hold_id: string }) => hold_id)).size, next_cursor]).toEqual([
      101,
      101,
      null,
    ]);
    expect((await lending(['risk', 'list', '--status', 'noted', ...AS])).stdout).toMatch(/^1 hold\.\n/);
    expect(await lending(['risk', 'list', '--status', 'open', ...AS])).toMatchObject({ code: 2 });
  });

  it('is rejected for others than operators', async () => {
    const { code, stdout, stderr } = await lending(['risk', 'list', ...AS], {});
    expect([code, stdout, stderr]).toEqual([3, '', 'Only operators of this server may do this.\n']);
  });
});

describe('lending risk show', () => {
  it('prints reasons and lenders, and lets no text of the borrower control the terminal', async () => {
    await seed({ modelVersion: '1\u001b[2J' });
    const { code, stdout } = await lending(['risk', 'show', `${loan}-${INVITED_AT}`, ...AS]);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `Hold ${loan}-1772356500000 is held; score 0.97, model 1\\u{1b}[2J.`,
      'Invited at 2026-03-01T09:15:00.000Z by borrower@example.com.',
      `Loan ${loan} of 20000 USD`,
      'Reasons:',
      '    2.25  many invitations at once',
      '1 lender:',
      '  ana@example.com                               5',
      '',
    ]);
    const json = await lending(['risk', 'show', `${loan}-${INVITED_AT}`, ...AS, '--json']);
    expect(JSON.parse(json.stdout).hold.lenders).toEqual([{ email: 'ana@example.com', name: null, contribution_amount: 5 }]);
  });

  it('fails for an id that names nothing, and for an empty one', async () => {
    const unknown = await lending(['risk', 'show', 'nothing', ...AS]);
    expect([unknown.code, unknown.stderr]).toEqual([3, 'There is no such hold, or you have no part in it.\n']);
    const empty = await lending(['risk', 'show', '', ...AS]);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('the hold’s id is empty.')]);
  });
});

describe('lending risk release and reject', () => {
  it('say what follows for the mail, and who decided', async () => {
    await seed({}, { isEnforced: false });
    const [held, noted] = [`${loan}-${INVITED_AT}`, `${loan}-${INVITED_AT + 1}`];
    const released = await lending(['risk', 'release', held, ...AS]);
    expect([released.code, released.stdout]).toEqual([0, `Hold ${held} is released. The mail about 1 invitation is sent.\n`]);
    const rejected = await lending(['risk', 'reject', noted, ...AS]);
    expect(rejected.stdout).toBe(`Hold ${noted} is rejected. Its mail did not wait: this is a label only.\n`);
    expect((await lending(['risk', 'show', held, ...AS])).stdout).toMatch(new RegExp(`^Decided at .*Z by ${OLGA}\\.$`, 'm'));
    const contrary = await lending(['risk', 'reject', held, ...AS]);
    expect([contrary.code, contrary.stderr]).toEqual([3, 'This hold is released already. A decision is final.\n']);
  });

  it('work at a server, with the token of an operator at its local issuer', async () => {
    await seed({});
    const server = await work.serve(OPERATORS);
    const token = (await work.lending(['token', 'olga@example.com'])).stdout.trim();
    const settings = { LENDING_TOKEN: token, LENDING_URL: server.url };
    const rejected = await work.lending(['risk', 'reject', `${loan}-${INVITED_AT}`], settings);
    expect([rejected.code, rejected.stdout, rejected.stderr]).toEqual([
      0,
      `Hold ${loan}-${INVITED_AT} is rejected. The mail about 1 invitation is dropped.\n`,
      '',
    ]);
    const other = (await work.lending(['token', 'omar@example.com'])).stdout.trim();
    expect(await work.lending(['risk', 'list'], { ...settings, LENDING_TOKEN: other })).toMatchObject({ code: 3 });
  });
});
