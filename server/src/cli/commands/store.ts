import { InvalidArgumentError } from 'commander';
import { readStoreConfig, readStoreNamed, type StoreSetting } from '../../config/config.ts';
import { StoreSetupError } from '../../storage/store.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printCopied, printJson, printResult } from '../output.ts';
import { withProgress } from '../progress.ts';

/** backup and copy. */
export function addStoreCommands(program: LendingCommand): void {
  program
    .command('backup')
    .description('writes a consistent copy of the SQLite store in STORE, also while it is served')
    .argument('<file>', 'a file that does not exist yet')
    .option('--json', 'print the result, or the error, as JSON')
    .example('backup lending-copy.db')
    .action(async (file: string, { json }: JsonOption) => {
      const store = readStoreConfig();
      if (store.kind !== 'sqlite')
        throw new StoreSetupError('Only SQLite stores have backups; for DynamoDB use point-in-time recovery.');
      const { backUp } = await import('../../storage/sqlite/backup.ts');
      await withProgress(json, ({ report }) => backUp(store.path, file, (share) => report('backing up', share, 1)));
      if (json) printJson({ file });
      else print(`${store.path} is backed up in ${file}`);
    });

  program
    .command('copy')
    .description('copies a store into an empty one, of either engine; if stopped, the next run resumes')
    .requiredOption('--from <store>', 'sqlite:FILE or dynamodb:TABLE, without writers during the copy', parseStoreName)
    .requiredOption('--to <store>', 'sqlite:FILE or dynamodb:TABLE', parseStoreName)
    .option('--json', 'print the result, or the error, as JSON')
    .example('copy --from sqlite:data/lending.db --to dynamodb:lending')
    .action(async ({ json, from, to }: JsonOption & { from: StoreSetting; to: StoreSetting }) => {
      const { copyStore } = await import('../copy/copy-store.ts');
      const copied = await withProgress(json, ({ report }) => copyStore({ from, to, clock: Date.now, report }));
      printResult({ json }, copied, printCopied);
    });
}

function parseStoreName(text: string): StoreSetting {
  const store = readStoreNamed(text);
  if (typeof store === 'string') throw new InvalidArgumentError(`It ${store}.`);
  return store;
}
