import type { LendingCommand } from '../../cli/lending-command.ts';

interface Leaf {
  /** Without the program's name. */
  readonly words: readonly string[];
  readonly command: LendingCommand;
}

/** The commands that do something. */
export function leavesOf(command: LendingCommand, words: readonly string[] = []): Leaf[] {
  if (command.subcommands.length === 0) return [{ words, command }];
  return command.subcommands.flatMap((each) => leavesOf(each, [...words, each.name()]));
}
