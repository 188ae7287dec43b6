import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openWorkplace, PROGRAM } from '../../server/src/testing/process/cli-process.ts';
import { NO_MAIL_LIMITS } from '../mail/no-limits.ts';
import type { Issuer } from './issuer.ts';
import type { Postgres } from './postgres.ts';
import { type Usage, usageOf } from './process-usage.ts';
import type { ContenderName } from './results.ts';

/* What is compared, each as a server in new processes with a new store. */

export interface Contender {
  readonly url: string;
  /** All processes and threads of the server and its database. */
  usage(): Usage;
  /** Bytes that the database still has to write for what it has stored, above those written yet. */
  deferredBytes(): number;
  stop(): Promise<void>;
}

export interface Environment {
  readonly issuer: Issuer;
  readonly postgres: Postgres;
  /** Of the server that takes mails. */
  readonly smtpUrl: string;
}

interface Limits {
  readonly invitesPerHour: number;
  readonly loansPerDay: number;
}

/** Only memory of the server's own, so that no limit of a setting is measured. */
const NO_LIMITS: Limits = { invitesPerHour: 1_000_000, loansPerDay: 1_000_000 };

/** The default of `pg`. From 4 to 32, the differences are smaller than those between runs. */
export const CONNECTIONS = 10;

const SERVE = fileURLToPath(new URL('servers/serve.ts', import.meta.url));

export function startContender(name: ContenderName, environment: Environment, limits = NO_LIMITS): Promise<Contender> {
  if (name === 'plain-sql' || name === 'drizzle') return startPeer(name, environment, limits);
  return startOurs(name === 'ours-with-mail', environment, limits);
}

async function startPeer(store: ContenderName, { issuer, postgres }: Environment, limits: Limits): Promise<Contender> {
  const work = openWorkplace();
  const settings = {
    ...limits,
    store,
    logFile: work.path('log'),
    socketFolder: postgres.folder,
    connections: CONNECTIONS,
    issuer: issuer.url,
    audience: issuer.audience,
  };
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, SERVE, JSON.stringify(settings)], {
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await printedUrl(child);
  const usage = () => usageOf([child.pid ?? 0, postgres.pid]);
  return {
    url,
    usage,
    deferredBytes() {
      const before = usage();
      postgres.checkpoint();
      return usage().writtenBytes - before.writtenBytes;
    },
    async stop() {
      await endOf(child);
      await work.close();
    },
  };
}

async function startOurs(hasMail: boolean, { issuer, smtpUrl }: Environment, limits: Limits): Promise<Contender> {
  const work = openWorkplace();
  mkdirSync(work.path('data'));
  const mail: Record<string, string> = hasMail
    ? { SMTP_URL: smtpUrl, PUBLIC_URL: 'http://127.0.0.1', ...NO_MAIL_LIMITS }
    : { MAIL: 'off' };
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--json'], {
    cwd: work.path(),
    env: {
      PORT: '0',
      NODE_ENV: 'production',
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: issuer.audience,
      REQUESTS_PER_SECOND: '0',
      INVITES_PER_HOUR: String(limits.invitesPerHour),
      LOANS_PER_DAY: String(limits.loansPerDay),
      ...mail,
    },
    stdio: ['ignore', 'pipe', openSync(work.path('log'), 'w')],
  });
  const url = await printedUrl(child);
  return {
    url,
    usage: () => usageOf([child.pid ?? 0]),
    deferredBytes: () => sizeOf(work.path('data', 'lending.db-wal')),
    async stop() {
      await endOf(child);
      await work.close();
    },
  };
}

/** The first line is JSON with the URL. */
async function printedUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('its output is piped');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code} before it served`)));
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  return JSON.parse(line).url;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await once(child, 'exit');
  clearTimeout(kill);
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
