import { once } from 'node:events';
import Sqlite from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import type { Key } from '../../storage/store.ts';
import { openAccounts, transfer } from './transfers.ts';

/* Another process on the same store, as tests need one: `other-process.ts TASK PATH`. It tells its steps, a line each. */

const INCREMENTS = 200;

const tasks: Readonly<Record<string, (path: string) => Promise<void>>> = {
  /** Waits to be released, then counts up, against whoever else does. */
  async count(path) {
    const store = openSqlite(path);
    const key: Key<number> = { partition: 'things', sort: 'counter' };
    tell('ready');
    await released();
    for (let done = 0; done < INCREMENTS; ) {
      const [counter] = await store.get([key]);
      const { version, data } = counter ?? { version: 0, data: 0 };
      const result = await store.commit('count' as CommandId, [{ key, expected: version, data: data + 1 }]);
      if (result.committed) done += 1;
    }
    await store.close();
    tell(`counted ${INCREMENTS}`);
  },

  /** Holds the write lock until it is released. */
  async hold(path) {
    const database = new Sqlite(path);
    database.exec('BEGIN IMMEDIATE');
    tell('held');
    await released();
    database.exec('COMMIT');
    database.close();
  },

  /** Opens the store as a server does, and ends. */
  async open(path) {
    tell('opening');
    try {
      const store = openSqlite(path, { checkAfterUncleanStop: true, progress: (line) => tell(`progress: ${line}`) });
      await store.close();
      tell('opened');
    } catch (error) {
      tell(`refused: ${error}`);
    }
  },

  /** Transfers until it is killed, and tells of each transfer once it is committed. */
  async transfer(path) {
    const store = openSqlite(path);
    await openAccounts(store);
    for (let turn = 1; ; turn += 1) {
      await transfer(store, turn);
      tell(`transferred ${turn}`);
    }
  },
};

function tell(line: string): void {
  process.stdout.write(`${line.replaceAll('\n', ' ')}\n`);
}

async function released(): Promise<void> {
  await once(process.stdin.resume(), 'end');
}

const [name = '', path = ''] = process.argv.slice(2);
await tasks[name]?.(path);
