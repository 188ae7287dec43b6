import { once } from 'node:events';
import Sqlite from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import { Checkpoints } from '../../storage/sqlite/checkpoints.ts';
import { openForWriting } from '../../storage/sqlite/connection.ts';
import { checkAfterUncleanStop } from '../../storage/sqlite/prepare-file.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { openFilesAt } from '../../storage/sqlite/store-file.ts';
import type { Key } from '../../storage/store.ts';
import { openAccounts, transfer } from './transfers.ts';

/* A second process on a store, for tests: `store-process.ts TASK PATH`. It prints a line for each step. */

const INCREMENTS = 200;
const NOTE_LOG_PAGES = 50;
const NOTE_LENGTH = 10_000;

const tasks: Readonly<Record<string, (path: string) => Promise<void>>> = {
  /** Waits to be released, then increments a counter in competition with others. */
  async count(path) {
    const store = openSqlite(path);
    const key: Key<number> = { partition: 'things', sort: 'counter' };
    print('ready');
    await released();
    for (let done = 0; done < INCREMENTS; ) {
      const [counter] = await store.get([key]);
      const { version, data } = counter ?? { version: 0, data: 0 };
      const result = await store.commit('count' as CommandId, [{ key, expected: version, data: data + 1 }]);
      if (result.committed) done += 1;
    }
    await store.close();
    print(`counted ${INCREMENTS}`);
  },

  /** Holds the write lock until it is released. */
  async hold(path) {
    const database = new Sqlite(path);
    database.exec('BEGIN IMMEDIATE');
    print('held');
    await released();
    database.exec('COMMIT');
    database.close();
  },

  /** Opens the store as a server does, and ends. */
  async open(path) {
    print('opening');
    try {
      await checkAfterUncleanStop(path, (line) => print(`progress: ${line}`));
      await openSqlite(path).close();
      print('opened');
    } catch (error) {
      print(`failed: ${error}`);
    }
  },

  /** Adds notes, with a log that is moved from a few pages on, until it is killed. Prints the number after each commit. */
  async note(path) {
    const database = openForWriting(path, { fileMustExist: true });
    const checkpoints = new Checkpoints(database, openFilesAt(path), (cause) => print(`failed: ${cause}`), NOTE_LOG_PAGES);
    const insert = database.prepare('INSERT INTO note (process, number, text) VALUES (?, ?, ?)');
    for (let number = 1; ; number += 1) {
      insert.run(process.pid, number, 'x'.repeat(NOTE_LENGTH));
      checkpoints.afterBatch();
      print(`${process.pid} ${number}`);
      await new Promise(setImmediate); // so that the checkpoint thread is heard
    }
  },

  /** Makes transfers until it is killed, and prints each one after its commit. */
  async transfer(path) {
    const store = openSqlite(path);
    await openAccounts(store);
    for (let number = 1; ; number += 1) {
      await transfer(store, number);
      print(`transferred ${number}`);
    }
  },
};

function print(line: string): void {
  process.stdout.write(`${line.replaceAll('\n', ' ')}\n`);
}

async function released(): Promise<void> {
  await once(process.stdin.resume(), 'end');
}

const [name = '', path = ''] = process.argv.slice(2);
await tasks[name]?.(path);
