import type { CreateLoanData } from '@private-lending/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseCurrency } from '../../domain/currencies.ts';
import { type SessionOptions, withAuthOptions, withClient } from '../api-client.ts';
import { type ImportFileOptions, importFile } from '../import-file.ts';
import { type JsonOption, printAdded, printCreated, printImported, printResult } from '../output.ts';
import { withProgress } from '../progress.ts';

type Options = JsonOption & SessionOptions;
type CurrencyCode = NonNullable<CreateLoanData['body']['currency']>;

interface LenderArgument {
  readonly email: string;
  readonly contribution_amount: string;
}

interface LoanOptions {
  readonly amount: string;
  readonly interestRate: number;
  readonly termMonths: number;
  readonly currency: CurrencyCode;
  readonly purpose?: string;
}

/** loan create, lenders add and lenders import. */
export function addLoanCommands(program: Command): void {
  withAuthOptions(program.command('loan').description('a borrower’s loans').command('create'))
    .description('posts a loan and, if lenders are given, invites them')
    .argument('[lenders...]', 'EMAIL=AMOUNT', collectLender)
    .requiredOption('--amount <amount>', 'the amount sought, in major units')
    .requiredOption('--interest-rate <percent>', 'nominal percent a year', parseNumber)
    .requiredOption('--term-months <months>', 'months until repayment', parseNumber)
    .option('--currency <code>', 'ISO 4217', parseCurrencyCode, 'USD')
    .option('--purpose <text>', 'the purpose of the loan')
    .action(async (lenders: LenderArgument[] | undefined, options: Options & LoanOptions) => {
      const { amount, interestRate, termMonths, currency, purpose } = options;
      const terms = { amount, interest_rate: interestRate, term_months: termMonths, currency };
      const loan = { ...terms, ...(purpose !== undefined && { purpose }), ...(lenders && { lenders }) };
      printResult(options, await withClient(options, (client) => client.createLoan(loan)), printCreated);
    });

  const lendersCommand = program.command('lenders').description('a loan’s lenders');
  withAuthOptions(lendersCommand.command('add'))
    .description('invites up to 20 lenders to a loan: all or none')
    .argument('<loan>', 'the loan’s id')
    .argument('<lenders...>', 'EMAIL=AMOUNT', collectLender)
    .action(async (loan: string, lenders: LenderArgument[], options: Options) => {
      printResult(options, await withClient(options, (client) => client.addLenders(loan, { lenders })), printAdded);
    });

  withAuthOptions(lendersCommand.command('import'))
    .description('invites the lenders in a CSV file and waits until it is done; if stopped, the import continues on the server')
    .argument('<file>', 'columns email, contribution_amount and optionally name')
    .requiredOption('--loan <loan>', 'the loan’s id')
    .option('--dry-run', 'only report the outcome of each row')
    .addOption(new Option('--mode <mode>', 'whether an invalid row rejects the others').choices(['all_or_nothing', 'per_row']))
    .option('--key <key>', 'an idempotency key: the same file with the same key is imported once')
    .option('--rows <file>', 'write the outcome of each row to this CSV file')
    .action(async (file: string, { json, ...options }: Options & ImportFileOptions) => {
      const result = await withProgress(json, (progress) =>
        withClient(options, (client) => importFile(client, file, options, progress)),
      );
      printResult({ json }, result, ({ import: imported }) => printImported(imported));
      if (result.import.status === 'failed') process.exitCode = 1;
    });
}

function collectLender(argument: string, collected: LenderArgument[] = []): LenderArgument[] {
  const at = argument.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write each lender as EMAIL=AMOUNT, such as ana@example.com=5000.');
  return [...collected, { email: argument.slice(0, at), contribution_amount: argument.slice(at + 1) }];
}

function parseCurrencyCode(text: string): CurrencyCode {
  if (!isCurrencyCode(text)) throw new InvalidArgumentError('This must be an ISO 4217 currency code in capitals, such as USD.');
  return text;
}

function isCurrencyCode(text: string): text is CurrencyCode {
  return parseCurrency(text) !== undefined;
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('This must be a number.');
  return value;
}
