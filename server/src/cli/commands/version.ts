import manifest from '../../../package.json' with { type: 'json' };
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printJson } from '../output.ts';

const FACTS = {
  version: manifest.version,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
};

const TEXT = `lending ${FACTS.version}`;

/** version, and --version. */
export function addVersionCommand(program: LendingCommand, isJson: boolean): void {
  program.version(
    isJson ? JSON.stringify(FACTS) : TEXT,
    '-V, --version',
    'print the version of the program, which is also its server’s',
  );
  program
    .command('version')
    .description('prints the version of the program, which is also its server’s')
    .option('--json', 'print also the versions of Node and the platform, as JSON')
    .example('version --json')
    .action(({ json }: JsonOption) => {
      if (json) printJson(FACTS);
      else print(TEXT);
    });
}
