import { ApiError, ConnectionError } from '@private-lending/client';
import { Command } from 'commander';
import { ConfigError } from '../config/config.ts';
import { DomainError } from '../domain/errors.ts';
import { StoreError, StoreSetupError } from '../storage/store.ts';
import { TokenRejectedError, UnreachableError } from './api-client.ts';
import { addImportCommands } from './commands/imports.ts';
import { addInvitationCommands } from './commands/invitations.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLoanCommands } from './commands/loans.ts';
import { addServerCommands } from './commands/server.ts';
import { addStoreCommands } from './commands/store.ts';
import { printJson } from './output.ts';

/** Runs the command in `process.argv`. An error sets the exit code to 1. */
export async function runCli(): Promise<void> {
  const program = new Command('lending')
    .description('Private Lending: a borrower raises a loan from people they know.')
    .showHelpAfterError()
    .enablePositionalOptions();
  for (const add of [
    addServerCommands,
    addLoanCommands,
    addInvitationCommands,
    addStoreCommands,
    addKeyCommands,
    addImportCommands,
  ])
    add(program);
  try {
    await program.parseAsync();
  } catch (error) {
    const isJson = process.argv.includes('--json') && error instanceof ApiError;
    if (isJson) printJson(error.body);
    else process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}

const EXPECTED = [ApiError, ConfigError, ConnectionError, DomainError, StoreSetupError, TokenRejectedError, UnreachableError];

/** The message of an expected error, and the stack trace of any other. */
function describeError(error: unknown): string {
  if (error instanceof ApiError && error.details.length > 1) return error.details.map(({ message }) => message).join('\n');
  if (error instanceof StoreError) return `The database is ${error.kind}: ${error.message}. Please try again later.`;
  if (!(error instanceof Error)) return String(error);
  return EXPECTED.some((type) => error instanceof type) ? error.message : (error.stack ?? error.message);
}
