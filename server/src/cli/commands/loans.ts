import type { CreateLoanData } from '@private-lending/client';
import { parseCurrency } from '@private-lending/locale/currencies';
import { InvalidArgumentError } from 'commander';
import { type SessionOptions, withAuthOptions, withClient } from '../api-client.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type LoanOption, requireLoan, withLoan } from '../loan-argument.ts';
import { type JsonOption, printAdded, printCreated, printResult } from '../output.ts';
import { addImportCommand } from './import.ts';

type Options = JsonOption & SessionOptions;
type CurrencyCode = NonNullable<CreateLoanData['body']['currency']>;

interface LenderArgument {
  readonly email: string;
  readonly contribution_amount: string;
}

interface LoanTerms {
  readonly amount: string;
  readonly interestRate: number;
  readonly termMonths: number;
  readonly currency: CurrencyCode;
  readonly purpose?: string;
}

/** loan create, lenders add and lenders import. */
export function addLoanCommands(program: LendingCommand): void {
  withAuthOptions(program.command('loan').description('a borrower’s loans').command('create'))
    .description('posts a loan and, if lenders are given, invites them')
    .argument('[lenders...]', 'EMAIL=AMOUNT', collectLender)
    .requiredOption('--amount <amount>', 'the amount sought, in major units')
    .requiredOption('--interest-rate <percent>', 'nominal percent a year', parseNumber)
    .requiredOption('--term-months <months>', 'months until repayment', parseNumber)
    .option('--currency <code>', 'ISO 4217', parseCurrencyCode, 'USD')
    .option('--purpose <text>', 'the purpose of the loan')
    .example('loan create ana@example.com=5000 --amount 20000 --interest-rate 4.5 --term-months 36 --as borrower@example.com')
    .action(async (lenders: LenderArgument[] | undefined, options: Options & LoanTerms, command: LendingCommand) => {
      const { amount, interestRate, termMonths, currency, purpose } = options;
      const terms = { amount, interest_rate: interestRate, term_months: termMonths, currency };
      const loan = { ...terms, ...(purpose !== undefined && { purpose }), ...(lenders && { lenders }) };
      printResult(options, await withClient(options, command, (client) => client.createLoan(loan)), printCreated);
    });

  const lendersCommand = program.command('lenders').description('a loan’s lenders');
  withAuthOptions(withLoan(lendersCommand.command('add')))
    .description('invites up to 20 lenders to a loan: all or none')
    .argument('[lenders...]', 'EMAIL=AMOUNT')
    .example('lenders add LOAN ana@example.com=5000 ben@example.com=2500 --as borrower@example.com')
    .action(async (first: string | undefined, others: string[], options: Options & LoanOption, command: LendingCommand) => {
      const isLoan = first !== undefined && !/[@=]/.test(first);
      const loan = requireLoan(command, isLoan ? first : undefined, options);
      const words = isLoan || first === undefined ? others : [first, ...others];
      if (words.length === 0) command.error(`no lender is given. ${LENDER_FORM}`);
      const lenders = words.map((word) => parseLender(word) ?? command.error(`'${word}' is no lender. ${LENDER_FORM}`));
      printResult(options, await withClient(options, command, (client) => client.addLenders(loan, { lenders })), printAdded);
    });

  addImportCommand(lendersCommand);
}

const LENDER_FORM = 'Write each lender as EMAIL=AMOUNT, such as ana@example.com=5000.';

function collectLender(argument: string, collected: LenderArgument[] = []): LenderArgument[] {
  const lender = parseLender(argument);
  if (!lender) throw new InvalidArgumentError(LENDER_FORM);
  return [...collected, lender];
}

function parseLender(argument: string): LenderArgument | undefined {
  const at = argument.lastIndexOf('=');
  return at < 1 ? undefined : { email: argument.slice(0, at), contribution_amount: argument.slice(at + 1) };
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
