import { ApiError, ConnectionError, type CreateLoanData } from '@private-lending/client';
import { Command, InvalidArgumentError, Option } from 'commander';
import { makeStore } from '../composition/open-store.ts';
import { ConfigError, readConfig, readStoreConfig, readStoreNamed, type StoreSetting } from '../config/config.ts';
import { parseCurrency } from '../domain/currencies.ts';
import { serve } from '../standalone/serve.ts';
import { stopOnSignal } from '../standalone/shutdown.ts';
import { StoreSetupError } from '../storage/store.ts';
import { askLocalToken, RefusedError, renewingClient, type SessionOptions, UnreachableError, withClient } from './api-client.ts';
import { copyStore } from './copy/copy-store.ts';
import { type ImportOptions, importFile } from './import-file.ts';
import { allInvitations } from './list-all-invitations.ts';
import {
  print,
  printAdded,
  printAnswered,
  printCopied,
  printCreated,
  printEvent,
  printImported,
  printInvitations,
  printJson,
} from './output.ts';
import { type ProgressReporter, progressOn } from './progress.ts';
import { watch } from './watch.ts';

/* The command line: each command is told here, whole. */

interface Output {
  readonly json?: true;
}

interface LenderArgument {
  readonly email: string;
  readonly contribution_amount: string;
}

const program = new Command('lending')
  .description('Private Lending: a borrower raises a loan from people they know.')
  .showHelpAfterError()
  .enablePositionalOptions();

program
  .command('serve')
  .description('serves the API on HOST and PORT, with the data in STORE')
  .option('--json', 'print what is served as one JSON line')
  .action(async ({ json }: Output) => {
    const config = readConfig();
    const server = await serve(config);
    stopOnSignal(() => server.close());
    if (json) return printJson({ url: server.url, ...(server.demo !== undefined && { demo: server.demo }) });
    const place = storeLocation(config.store);
    print(`Private Lending is listening on ${server.url}`, `  reference: ${server.url}/docs`, `  data:      ${place}`);
    if (server.demo)
      print('', 'A demo loan waits for its lenders. Paste this into another terminal to invite three:', '', server.demo);
  });

program
  .command('init')
  .description('makes what STORE needs: a file, or a table for development')
  .option('--json', 'print what was made')
  .action(async ({ json }: Output) => {
    const store = readStoreConfig();
    const created = await makeStore(store);
    if (json) printJson({ store: storeLocation(store), created });
    else print(`${storeLocation(store)} ${created ? 'is made, and empty' : 'is there already'}`);
  });

program
  .command('token')
  .description('has the local issuer make a token for an address, good for an hour')
  .argument('<email>')
  .option('--name <name>', 'the name that the token bears')
  .option('--url <url>', 'ask this server rather than the store itself')
  .option('--json', 'print the whole answer')
  .action(async (email: string, { json, name, url }: Output & SessionOptions & { name?: string }) => {
    const answer = await askLocalToken({ url }, email, name);
    if (json) printJson(answer);
    else print(answer.token);
  });

withAuthOptions(program.command('loan').description('a borrower’s loans').command('create'))
  .description('posts a loan, with its first lenders if they are given')
  .argument('[lenders...]', 'EMAIL=AMOUNT', collectLender)
  .requiredOption('--amount <amount>', 'how much is sought, in major units')
  .requiredOption('--interest-rate <percent>', 'nominal percent a year', parseNumber)
  .requiredOption('--term-months <months>', 'months until it is paid back', parseNumber)
  .option('--currency <code>', 'ISO 4217', parseCurrencyCode, 'USD')
  .option('--purpose <text>', 'what it is for')
  .action(async (lenders: LenderArgument[] | undefined, options: Output & SessionOptions & LoanOptions) => {
    const { amount, interestRate, termMonths, currency, purpose } = options;
    const terms = { amount, interest_rate: interestRate, term_months: termMonths, currency };
    const loan = { ...terms, ...(purpose !== undefined && { purpose }), ...(lenders && { lenders }) };
    const answer = await withClient(options, (client) => client.createLoan(loan));
    if (options.json) printJson(answer);
    else printCreated(answer);
  });

const lendersCommand = program.command('lenders').description('a loan’s lenders');

withAuthOptions(lendersCommand.command('add'))
  .description('invites up to 20 lenders to a loan: all or none')
  .argument('<loan>', 'the loan’s id')
  .argument('<lenders...>', 'EMAIL=AMOUNT', collectLender)
  .action(async (loan: string, lenders: LenderArgument[], options: Output & SessionOptions) => {
    const answer = await withClient(options, (client) => client.addLenders(loan, { lenders }));
    if (options.json) printJson(answer);
    else printAdded(answer);
  });

withAuthOptions(lendersCommand.command('import'))
  .description('invites the lenders of a CSV file, and follows it to its end; stopped, the import goes on where a server is')
  .argument('<file>', 'columns email, contribution_amount and, if you like, name')
  .requiredOption('--loan <loan>', 'the loan’s id')
  .option('--dry-run', 'only find out what would become of each row')
  .addOption(
    new Option('--mode <mode>', 'whether one row that can not be added keeps out all').choices(['all_or_nothing', 'per_row']),
  )
  .option('--key <key>', 'an idempotency key: the same file under the same key is one import')
  .option('--rows <file>', 'write what became of each row into this CSV file')
  .action(async (file: string, { json, ...options }: Output & SessionOptions & ImportOptions) => {
    const told = await watched(json, (tell, say) =>
      withClient(options, (client) => importFile(client, file, { ...options, tell, say })),
    );
    if (json) printJson(told);
    else printImported(told.import);
    if (told.import.status === 'failed') process.exitCode = 1;
  });

withAuthOptions(program.command('invitations'))
  .description('what somebody was invited to lend, the newest first')
  .action(async (options: Output & SessionOptions) => {
    const answer = await withClient(options, allInvitations);
    if (options.json) printJson(answer);
    else printInvitations(answer);
  });

for (const answer of ['accept', 'decline'] as const) {
  withAuthOptions(program.command(answer))
    .description(`${answer}s the invitation to a loan`)
    .argument('<loan>', 'the loan’s id')
    .action(async (loan: string, options: Output & SessionOptions) => {
      const answered = await withClient(options, (client) =>
        answer === 'accept' ? client.acceptInvitation(loan) : client.declineInvitation(loan),
      );
      if (options.json) printJson(answered);
      else printAnswered(answered);
    });
}

program
  .command('watch')
  .description('tells what happens to a loan as it happens, a line an event, until it is stopped')
  .argument('<loan>', 'the loan’s id')
  .option('--after <cursor>', 'begin behind this cursor rather than with what is new')
  .option('--as <email>', 'sign in at the local issuer as this address, also when the token expires')
  .option('--url <url>', 'the server, also LENDING_URL; http://127.0.0.1:3000 if left out')
  .option('--json', 'print each event as a JSON line; a token may be given in LENDING_TOKEN')
  .action((loanId: string, { after, json, ...options }: Output & SessionOptions & { after?: string }) =>
    watch(renewingClient(options), loanId, {
      after,
      onEvent: ({ event, cursor }) => (json ? printJson({ ...event, cursor }) : printEvent(event)),
      onLine: (line) => process.stderr.write(`${line}\n`),
    }),
  );

program
  .command('backup')
  .description('copies the store in STORE as of this moment, also while it is served')
  .argument('<file>', 'a file that does not exist yet')
  .option('--json', 'print what was written')
  .action(async (file: string, { json }: Output) => {
    const store = readStoreConfig();
    if (store.kind !== 'sqlite')
      throw new StoreSetupError('Only a SQLite store is backed up so; DynamoDB has point-in-time recovery.');
    const { backUp } = await import('../storage/sqlite/backup.ts');
    await watched(json, (tell) => backUp(store.path, file, (share) => tell('backing up', share, 1)));
    if (json) printJson({ file });
    else print(`${store.path} is backed up in ${file}`);
  });

program
  .command('copy')
  .description('copies a store into an empty one, also of the other engine; run again after a stop, it goes on')
  .requiredOption('--from <store>', 'sqlite:FILE or dynamodb:TABLE, which nobody writes to meanwhile', parseStoreName)
  .requiredOption('--to <store>', 'sqlite:FILE or dynamodb:TABLE', parseStoreName)
  .option('--json', 'print what was copied')
  .action(async ({ json, from, to }: Output & { from: StoreSetting; to: StoreSetting }) => {
    const copied = await watched(json, (tell) => copyStore({ from, to, clock: Date.now, tell }));
    if (json) printJson(copied);
    else printCopied(copied);
  });

interface LoanOptions {
  readonly amount: string;
  readonly interestRate: number;
  readonly termMonths: number;
  readonly currency: CurrencyCode;
  readonly purpose?: string;
}

function withAuthOptions(command: Command): Command {
  return command
    .option('--as <email>', 'sign in at the local issuer as this address')
    .option('--url <url>', 'ask this server rather than the store itself; also LENDING_URL')
    .option('--json', 'print the whole answer; a token may be given in LENDING_TOKEN');
}

function collectLender(argument: string, before: LenderArgument[] = []): LenderArgument[] {
  const at = argument.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write each lender as EMAIL=AMOUNT, such as ana@example.com=5000.');
  return [...before, { email: argument.slice(0, at), contribution_amount: argument.slice(at + 1) }];
}

type CurrencyCode = NonNullable<CreateLoanData['body']['currency']>;

function parseCurrencyCode(text: string): CurrencyCode {
  if (!isCurrencyCode(text)) throw new InvalidArgumentError('This must be a currency code of ISO 4217 in capitals, such as USD.');
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

function parseStoreName(text: string): StoreSetting {
  const read = readStoreNamed(text);
  if (typeof read === 'string') throw new InvalidArgumentError(`It ${read}.`);
  return read;
}

function storeLocation(store: StoreSetting): string {
  return store.kind === 'sqlite' ? store.path : store.table;
}

/** Shows how far the work is, unless only JSON is wanted. */
async function watched<Result>(
  json: true | undefined,
  work: (tell: ProgressReporter, say: (line: string) => void) => Promise<Result>,
): Promise<Result> {
  if (json)
    return work(
      () => {},
      () => {},
    );
  const { tell, end } = progressOn(process.stderr, Date.now);
  const say = (line: string) => {
    end();
    process.stderr.write(`${line}\n`);
  };
  try {
    return await work(tell, say);
  } finally {
    end();
  }
}

try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json') && error instanceof ApiError;
  if (json) printJson(error.body);
  else process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** What a person can mend is told in its own words; of a fault of ours the whole trace. */
function describe(error: unknown): string {
  if (error instanceof ApiError && error.details.length > 1) return error.details.map(({ message }) => message).join('\n');
  const mendable = [ApiError, ConfigError, ConnectionError, RefusedError, StoreSetupError, UnreachableError];
  if (error instanceof Error && mendable.some((kind) => error instanceof kind)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
