import { InvalidArgumentError, Option } from 'commander';
import { openStore } from '../../composition/open-store.ts';
import { readStoreConfig } from '../../config/config.ts';
import { KEY_PURPOSES, type KeyPurpose } from '../../storage/key-ring.ts';
import { type KeyStatus, listKeys, retireKeys, rotateKeys } from '../../storage/rotate-keys.ts';
import type { Store } from '../../storage/store.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printResult } from '../output.ts';

interface KeyOptions extends JsonOption {
  readonly purpose?: KeyPurpose;
}

/** keys list, rotate and retire. No command shows a key. */
export function addKeyCommands(program: LendingCommand): void {
  const keys = program.command('keys').description('the keys of STORE that sign links in mail and cursors, and seal sessions');

  addKeyCommand(keys, 'list', 'lists the versions that are accepted').action((options: KeyOptions) =>
    run(options, (store, purposes) => listKeys(store, purposes, Date.now())),
  );

  addKeyCommand(keys, 'rotate', 'creates new keys; servers use them within a minute, and still accept the earlier ones')
    .option('--retire-old', 'accept the earlier keys no more: for keys that others may know')
    .action((options: KeyOptions & { retireOld?: true }) =>
      run(options, (store, purposes) => rotateKeys(store, { purposes, retiresOld: options.retireOld === true, now: Date.now() })),
    );

  addKeyCommand(keys, 'retire', 'ends earlier keys: links, cursors and sessions made with them are rejected within a minute')
    .option('--before <version>', 'keep this version and later ones; default: the current one only', parseVersion)
    .action((options: KeyOptions & { before?: number }) =>
      run(options, (store, purposes) => retireKeys(store, { purposes, now: Date.now(), ...options })),
    );
}

function addKeyCommand(keys: LendingCommand, name: string, description: string): LendingCommand {
  return keys
    .command(name)
    .description(description)
    .addOption(new Option('--purpose <purpose>', 'only the keys of this purpose').choices(KEY_PURPOSES))
    .option('--json', 'print the result, or the error, as JSON')
    .example(`keys ${name}`);
}

async function run(
  options: KeyOptions,
  work: (store: Store, purposes: readonly KeyPurpose[]) => Promise<KeyStatus[]>,
): Promise<void> {
  const store = await openStore(readStoreConfig(), { mustExist: true });
  try {
    const keys = await work(store, options.purpose ? [options.purpose] : KEY_PURPOSES);
    printResult(options, { keys }, () => print(...keys.map(keyLine)));
  } finally {
    await store.close();
  }
}

function keyLine({ purpose, version, created_at, status, accepted_until }: KeyStatus): string {
  const until = accepted_until === null ? '' : ` until ${accepted_until}`;
  return `${purpose.padEnd(8)} ${String(version).padStart(5)}  ${created_at ?? 'with the store'}  ${status}${until}`;
}

function parseVersion(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a version.');
}
