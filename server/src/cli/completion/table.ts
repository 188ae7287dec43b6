import type { Argument, Option } from 'commander';
import type { LendingCommand } from '../lending-command.ts';

/** A value that an option or argument takes. */
export interface ValueHint {
  readonly isFile: boolean;
  readonly choices: readonly string[];
}

interface OptionEntry {
  /** Such as `--version` and `-V`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined: the option takes no value. */
  readonly value: ValueHint | undefined;
}

export interface CommandEntry {
  /** The names of its groups and its own, each after a space; empty for the program. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionEntry[];
  /** Of its arguments together. */
  readonly argument: ValueHint;
}

/** All commands that can be completed, from the program itself. */
export function listCommands(command: LendingCommand, path = ''): CommandEntry[] {
  const visible = command.createHelp().visibleOptions(command);
  const entry = {
    path,
    subcommands: subcommandsOf(path === ' help' ? command.root : command),
    options: visible.map(toOptionEntry),
    argument: mergeHints(command.registeredArguments.map(hintOf)),
  };
  return [entry, ...command.subcommands.flatMap((each) => listCommands(each, `${path} ${each.name()}`))];
}

function subcommandsOf(command: LendingCommand) {
  return command.subcommands.map((each) => ({ name: each.name(), description: each.description() }));
}

function toOptionEntry(option: Option): OptionEntry {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  return { flags, description: option.description, value: option.required ? hintOf(option) : undefined };
}

function hintOf(taker: Argument | Option): ValueHint {
  return { isFile: /<file>$|^file$/.test('flags' in taker ? taker.flags : taker.name()), choices: taker.argChoices ?? [] };
}

function mergeHints(hints: readonly ValueHint[]): ValueHint {
  return { isFile: hints.some(({ isFile }) => isFile), choices: hints.flatMap(({ choices }) => choices) };
}
