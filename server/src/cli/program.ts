import { CommanderError } from 'commander';
import { readDebug, readInvocation } from '../config/config.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addHelpCommand } from './commands/help.ts';
import { addImportCommands } from './commands/imports.ts';
import { addInvitationCommands } from './commands/invitations.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLoanCommands } from './commands/loans.ts';
import { addRiskCommands } from './commands/risk.ts';
import { addServerCommands } from './commands/server.ts';
import { addSignInCommands } from './commands/sign-in.ts';
import { addStoreCommands } from './commands/store.ts';
import { addVersionCommand } from './commands/version.ts';
import { describeFailure } from './failure.ts';
import { commandPrefix } from './invocation.ts';
import { LendingCommand } from './lending-command.ts';
import { printJson } from './output.ts';
import { endOnClosedOutput } from './streams.ts';

/** In the order of the help. */
const GROUPS = [
  addServerCommands,
  addLoanCommands,
  addInvitationCommands,
  addSignInCommands,
  addStoreCommands,
  addKeyCommands,
  addImportCommands,
  addRiskCommands,
  addCompletionCommand,
  addVersionCommand,
  addHelpCommand,
];

/**
 * @param prefix what the user types for the program
 * @internal exported for tests
 */
export function createProgram(prefix: string, isJson = false): LendingCommand {
  const program = new LendingCommand('lending', prefix)
    .description('Private Lending: a borrower raises a loan from people they know.')
    .exitOverride()
    .helpCommand(false)
    .enablePositionalOptions();
  for (const add of GROUPS) add(program, isJson);
  return program;
}

/** Runs the command in `process.argv`. */
export async function runCli(): Promise<void> {
  const args = process.argv.slice(2);
  endOnClosedOutput();
  // Node itself reports the crash of a server, with stack trace and causes.
  if (args[0] !== 'serve') {
    process.on('uncaughtException', (error) => {
      reportFailure(error, args);
      process.exit();
    });
  }
  await runCommand(args);
}

/**
 * Runs a command. An error sets the exit code, by its kind.
 * @internal exported for tests
 */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await createProgram(commandPrefix(readInvocation(), process.cwd()), wantsJson(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help or version was printed
    reportFailure(error, args);
  }
}

function wantsJson(args: readonly string[]): boolean {
  return args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
}

function reportFailure(error: unknown, args: readonly string[]): void {
  const isServer = args[0] === 'serve'; // its operators read a log
  const { exitCode, text, body } = describeFailure(error, isServer || readDebug());
  process.exitCode = exitCode;
  if (wantsJson(args)) printJson(body);
  else process.stderr.write(`${text}\n`);
}
