import type { LendingCommand } from './lending-command.ts';

export interface LoanOption {
  readonly loan?: string;
}

/** Takes a loan's id as the next argument or as --loan, alike in all commands. */
export function withLoan(command: LendingCommand): LendingCommand {
  return command.argument('[loan]', 'the loan’s id').option('--loan <loan>', 'the loan’s id, instead of the argument');
}

/** @throws UsageError if two loans are given */
export function findLoan(command: LendingCommand, argument: string | undefined, { loan }: LoanOption): string | undefined {
  if (argument !== undefined && loan !== undefined && argument !== loan)
    command.error(`two loans are given: ${argument}, and ${loan} with --loan.`);
  const found = argument ?? loan;
  if (found === '') command.error('the loan’s id is empty.');
  return found;
}

/** @throws UsageError also if none is given */
export function requireLoan(command: LendingCommand, argument: string | undefined, option: LoanOption): string {
  return findLoan(command, argument, option) ?? command.error('the loan’s id is missing: give it as an argument, or with --loan.');
}
