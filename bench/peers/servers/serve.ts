import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { createApp } from './app.ts';
import { authenticator } from './authenticate.ts';
import { DrizzleStore } from './drizzle-store.ts';
import type { Limits } from './loan-store.ts';
import { PlainSqlStore } from './plain-sql.ts';

/* A separate process. Its argument is JSON. Makes a new database, and prints its URL when it serves. */

interface Settings extends Limits {
  readonly store: 'plain-sql' | 'drizzle';
  /** Folder of the socket of PostgreSQL. */
  readonly socketFolder: string;
  readonly connections: number;
  readonly issuer: string;
  readonly audience: string;
  readonly logFile: string;
}

const STORES = { 'plain-sql': PlainSqlStore, drizzle: DrizzleStore };

const settings: Settings = JSON.parse(process.argv[2] ?? '');
const server = { host: settings.socketFolder, user: 'postgres' };
const database = `peer_${randomUUID().replaceAll('-', '')}`;
await inDatabase('postgres', `CREATE DATABASE ${database}`);
await inDatabase(database, readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));

const store = new STORES[settings.store]({ ...server, database, max: settings.connections }, settings);
const app = createApp(store, authenticator(settings.issuer, settings.audience), settings.logFile);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.once('SIGTERM', () => void app.close().then(() => store.close()));

async function inDatabase(name: string, sql: string): Promise<void> {
  const client = new Client({ ...server, database: name });
  await client.connect();
  await client.query(sql);
  await client.end();
}
