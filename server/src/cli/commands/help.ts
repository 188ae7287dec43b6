import type { LendingCommand } from '../lending-command.ts';
import { print } from '../output.ts';

/** help, also of a command in a group, as in `lending help lenders add`. */
export function addHelpCommand(program: LendingCommand): void {
  program
    .command('help')
    .description('prints the help of a command')
    .argument('[command...]', 'the names of a command')
    .option('--json', 'print the help as the JSON string "help"')
    .example('help lenders add')
    .action((names: string[], { json }: { readonly json?: true }) => {
      const help = findCommand(program, names).helpInformation().trimEnd();
      print(json ? JSON.stringify({ help }) : help);
    });
}

/** @throws UsageError with the commands that are similar */
function findCommand(from: LendingCommand, names: readonly string[]): LendingCommand {
  const [name, ...rest] = names;
  if (name === undefined) return from;
  const found = from.subcommands.find((command) => command.name() === name);
  return found ? findCommand(found, rest) : from.rejectName(name);
}
