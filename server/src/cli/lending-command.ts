import { Command, type ErrorOptions, type HelpContext } from 'commander';
import { EXIT_CODES_HELP } from './exit-codes.ts';

/** The command can't be carried out as typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command whose usage is shown with the message. */
  readonly command: LendingCommand | undefined;
  /** Where no command was named: shows all of them. */
  readonly showsHelp: boolean;

  constructor(message: string, command?: LendingCommand, showsHelp = false) {
    super(message);
    this.command = command;
    this.showsHelp = showsHelp;
  }
}

/** A command that throws its errors, and whose help has examples and exit codes. */
export class LendingCommand extends Command {
  readonly #examples: string[] = [];
  readonly #prefix: string;

  /** @param prefix what the user types for the program, such as `npx lending` */
  constructor(name?: string, prefix = '') {
    super(name);
    this.#prefix = prefix;
  }

  override createCommand(name?: string): LendingCommand {
    return new LendingCommand(name);
  }

  /** @param words what follows the program's name */
  example(words: string): this {
    this.#examples.push(words);
    return this;
  }

  /** What the user types for this command. */
  get typed(): string {
    return this.parent instanceof LendingCommand ? `${this.parent.typed} ${this.name()}` : this.#prefix;
  }

  get root(): LendingCommand {
    return this.parent instanceof LendingCommand ? this.parent.root : this;
  }

  get subcommands(): LendingCommand[] {
    return this.commands.filter((command) => command instanceof LendingCommand);
  }

  /** @throws UsageError that names what is similar */
  rejectName(name: string): never {
    const similar = this.commands.map((command) => command.name()).filter((other) => other[0] === name[0]);
    const advice = similar.length > 0 ? `\n(Did you mean ${similar.join(' or ')}?)` : '';
    throw new UsageError(`unknown command '${name}'${advice}`, this);
  }

  get usageLine(): string {
    return `Usage: ${this.createHelp().commandUsage(this)}`;
  }

  /** @throws UsageError */
  override error(message: string, options?: ErrorOptions): never {
    const text = reasonOf(message.replace(/^error: /, ''));
    throw new UsageError(options?.code === 'commander.unknownCommand' ? this.#withCommandsOfGroups(text) : text, this);
  }

  override help(context?: HelpContext | ((help: string) => string)): never {
    if (typeof context === 'object' && context.error) throw new UsageError('The name of a command is missing.', this, true);
    return typeof context === 'function' ? super.help(context) : super.help(context);
  }

  override helpInformation(context?: HelpContext): string {
    const examples = this.#examples.map((words) => `  ${this.root.typed} ${words}`);
    const more = [...(examples.length > 0 ? ['Examples:', ...examples, ''] : []), EXIT_CODES_HELP];
    return `${super.helpInformation(context)}\n${more.join('\n')}\n`;
  }

  /** `lending import` may be meant as `lending lenders import`. Commander compares only commands without a group. */
  #withCommandsOfGroups(message: string): string {
    const [name = ''] = this.args;
    const groups = this.parent === null ? this.commands : [];
    const found = groups.filter((group) => group.commands.some((each) => each.name() === name));
    if (found.length === 0) return message;
    const [unknown = '', similar] = message.split('\n(Did you mean ');
    const meant = [
      ...found.map((group) => `${this.typed} ${group.name()} ${name}`),
      ...(similar ? [similar.replace('?)', '')] : []),
    ];
    return `${unknown}\n(Did you mean ${meant.join(' or ')}?)`;
  }
}

const OF_ARGUMENT = /^' is invalid for argument '[\w-]*'\. /;

/** Drops the value of an argument, which commander repeats before the reason. It may be long, and have quotes. */
function reasonOf(message: string): string {
  const afterValue = message.slice(Math.max(0, message.lastIndexOf("' is invalid for argument '")));
  return message.startsWith("command-argument value '") ? afterValue.replace(OF_ARGUMENT, '') : message;
}
