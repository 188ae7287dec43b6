import { Option } from 'commander';
import { type SessionOptions, withAuthOptions, withClient } from '../api-client.ts';
import { EXIT } from '../exit-codes.ts';
import { type ImportFileOptions, importFile, requireWritable } from '../import-file.ts';
import type { LendingCommand } from '../lending-command.ts';
import { findLoan, type LoanOption, requireLoan, withLoan } from '../loan-argument.ts';
import { type JsonOption, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { importedLines } from '../rejected-rows.ts';

type Options = JsonOption & SessionOptions & LoanOption & ImportFileOptions;

const LOAN_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** lenders import. */
export function addImportCommand(lenders: LendingCommand): void {
  withAuthOptions(withLoan(lenders.command('import').argument('<file>', 'a CSV file, or - for standard input')))
    .description(
      'invites the lenders in a CSV file, with columns email, contribution_amount and optionally name, and waits until it is done; if stopped, the import continues on the server',
    )
    .option('--dry-run', 'only report the outcome of each row')
    .addOption(new Option('--mode <mode>', 'whether an invalid row rejects the others').choices(['all_or_nothing', 'per_row']))
    .option('--key <key>', 'an idempotency key: the same file with the same key is imported once')
    .option('--rows <file>', 'write the outcome of each row to this CSV file, or with - to standard output')
    .example('lenders import lenders.csv LOAN --dry-run --as borrower@example.com')
    .example('lenders import lenders.csv LOAN --mode per_row --rows outcome.csv --as borrower@example.com')
    .action(runImport);
}

async function runImport(first: string, second: string | undefined, options: Options, command: LendingCommand): Promise<void> {
  const { json, rows } = options;
  // `lenders add` has the loan first.
  const isLoanFirst = LOAN_ID.test(first) && !(second === undefined || LOAN_ID.test(second));
  const [file, argument] = isLoanFirst ? [second ?? '', first] : [first, second];
  const loan = LOAN_ID.test(file) ? rejectMissingFile(command, file, argument, options) : requireLoan(command, argument, options);
  if (rows === '-' && json) command.error('--rows - and --json both use standard output. Name a file for the rows.');
  if (rows !== undefined && rows !== '-') await requireWritable(rows, file, command);
  const { result, csv } = await withProgress(json, (progress) =>
    withClient(options, command, (client) => importFile(client, file, { ...options, loan }, progress)),
  );
  if (result.import.status === 'failed') process.exitCode = EXIT.rejected;
  if (json) return printJson(result);
  const text = `${importedLines(result, rows).join('\n')}\n`;
  if (csv === undefined) process.stdout.write(text);
  else {
    process.stderr.write(text);
    process.stdout.write(csv);
  }
}

function rejectMissingFile(command: LendingCommand, file: string, argument: string | undefined, options: LoanOption): never {
  findLoan(command, argument ?? file, options);
  return command.error('the CSV file is missing.');
}
