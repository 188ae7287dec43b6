import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqlite } from '../storage/sqlite/bulk.ts';
import { runInProcess } from '../testing/process/cli-in-process.ts';
import { openWorkplace, PROGRAM, type Workplace } from '../testing/process/cli-process.ts';

const AS_ANA = ['--as', 'ana@example.com'];
const HEADER = 'email,contribution_amount,name';

let work: Workplace;
let loan: string;

beforeEach(async () => {
  work = openWorkplace();
  makeSqlite(work.path('data', 'lending.db'));
  const terms = ['--amount', '2000000', '--interest-rate', '4.5', '--term-months', '36'];
  const { stdout } = await runInProcess(work.path(), ['loan', 'create', ...terms, ...AS_ANA, '--json']);
  loan = JSON.parse(stdout).loan.loan_id;
});

afterEach(() => work.close());

function writeCsv(...rows: string[]): void {
  writeFileSync(work.path('lenders.csv'), `${[HEADER, ...rows].join('\n')}\n`);
}

const runImport = (...args: string[]) => runInProcess(work.path(), ['lenders', 'import', ...args, ...AS_ANA]);

describe('lending lenders import', () => {
  it('imports a CSV file, shows its invalid rows by line, and writes the outcome of each row', async () => {
    writeCsv('ben@example.com,40,', 'emil,5,');
    const { code, stdout, stderr } = await runImport('lenders.csv', '--loan', loan, '--mode', 'per_row', '--rows', 'rows.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Import of 2 rows is completed\.\n.+\n {2}added +1\n {2}invalid +1\n {2}amount +40\nRejected rows:\n/);
    expect(stdout).toMatch(/\n {2}line 3 +emil +\S.+\n$/);
    expect(readFileSync(work.path('rows.csv'), 'utf8')).toMatch(/,added,.*\r\n.*,invalid,/);
  });

  it('shows the first ten rejected rows of each kind in the order of the file, and counts the others', async () => {
    writeCsv(
      'ben@example.com,40,',
      ...Array.from({ length: 12 }, (_, n) => (n % 2 ? `nobody${n},5,` : `x${n}@example.com,9999999,`)),
    );
    const { stdout } = await runImport('lenders.csv', loan, '--mode', 'per_row');
    const shown = stdout.split('Rejected rows:\n')[1]?.trimEnd().split('\n') ?? [];
    expect(shown.slice(0, 10).map((line) => /^ {2}line (\d+) +(\S+) +\S/.exec(line)?.slice(1))).toEqual(
      Array.from({ length: 10 }, (_, n) => [String(n + 3), n % 2 ? `nobody${n}` : `x${n}@example.com`]),
    );
    expect(shown.slice(10)).toEqual(['  and 2 more; --rows FILE writes them all']);
  });

  it('does not let a cell of the file control the terminal', async () => {
    writeCsv('"\u001b[31mred\u202e",5,');
    const { stdout } = await runImport('lenders.csv', loan, '--mode', 'per_row');
    expect(stdout).toContain('line 2');
    for (const control of ['\u001b', '\u202e']) expect(stdout).not.toContain(control);
  });

  it('exits with 3 if the import fails, and prints the rejected rows with --json', async () => {
    writeCsv('ben@example.com,40,', 'emil,5,');
    const { code, stdout, stderr } = await runImport('lenders.csv', loan, '--json');
    expect([code, stderr]).toEqual([3, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      import: { status: 'failed', mode: 'all_or_nothing' },
      rejected_rows: [{ line: 3, email: 'emil', outcome: 'invalid' }],
    });
  });

  it('takes the loan before the file, as the other commands do', async () => {
    writeCsv('ben@example.com,40,');
    expect((await runImport(loan, 'lenders.csv')).code).toBe(0);
    const missing = await runImport(loan);
    expect([missing.code, missing.stderr.split('\n')[0]]).toEqual([2, 'error: the CSV file is missing.']);
  });

  it('reads standard input, and prints all rows with --rows -', async () => {
    writeCsv('ben@example.com,40,');
    const args = `lenders import - ${loan} --rows - ${AS_ANA.join(' ')}`;
    const { stdout, stderr } = await work.paste(`'${process.execPath}' '${PROGRAM}' ${args} < lenders.csv`);
    expect(stdout).toMatch(/^\ufeff?row,line,email.+\r\n1,2,ben@example\.com,.*added/);
    expect(stderr).toContain('Import of 1 rows is completed.');
  });

  it.each([
    ['its own input', 'lenders.csv', /^error: --rows would overwrite lenders\.csv\./],
    ['a folder', 'data', /^error: --rows data can't be written: it is a folder\./],
    ['a file in a file', 'lenders.csv/rows.csv', /^error: --rows lenders\.csv\/rows\.csv can't be written: /],
    ['a missing folder', 'none/rows.csv', /^error: --rows none\/rows\.csv can't be written: there is no such file or folder/],
  ])('does not import where --rows names %s', async (_, rows, message) => {
    writeCsv('ben@example.com,40,');
    const before = readFileSync(work.path('lenders.csv'), 'utf8');
    const { code, stderr } = await runImport('lenders.csv', loan, '--rows', rows);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(readFileSync(work.path('lenders.csv'), 'utf8')).toBe(before);
    expect(existsSync(work.path('none'))).toBe(false);
  });

  it('names a file that does not exist, and the folder', async () => {
    const { code, stderr } = await runImport('lenders.csv', loan);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^lenders\.csv can't be read: there is no such file or folder in \//),
    ]);
  });

  it('writes more than a megabyte to a slow reader completely', async () => {
    writeCsv(...Array.from({ length: 9000 }, (_, n) => `lender${n}@example.com,1,${'n'.repeat(80)}`));
    const args = `lenders import lenders.csv ${loan} --dry-run --mode per_row --rows - ${AS_ANA.join(' ')}`;
    const { stdout } = await work.paste(
      `'${process.execPath}' '${PROGRAM}' ${args} 2>/dev/null | (read -r header; sleep 0.2; tee out.csv | tail -1)`,
    );
    expect(stdout).toContain('lender8999@example.com');
    expect(readFileSync(work.path('out.csv'), 'utf8').length).toBeGreaterThan(1_000_000);
  }, 120_000);
});
