import { Argument } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion/scripts.ts';
import { listCommands } from '../completion/table.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printJson } from '../output.ts';

export function addCompletionCommand(program: LendingCommand): void {
  program
    .command('completion')
    .description('prints a script with which a shell completes the commands of lending')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .option('--json', 'print the script as the JSON string "script"')
    .example('completion bash')
    .action((shell: Shell, { json }: JsonOption) => {
      const script = completionScript(shell, listCommands(program));
      if (json) printJson({ script });
      else print(script.trimEnd());
    });
}
