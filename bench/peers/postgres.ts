import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectOutput } from '../../server/src/testing/process/cli-process.ts';

/* A new cluster of PostgreSQL in a temporary folder, with its default settings, on a Unix socket. */

const DEBIAN = '/usr/lib/postgresql';
const INSTALL = 'PostgreSQL is not installed here. On Debian or Ubuntu: apt-get install postgresql';
const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers'];
const READY_MS_MAX = 30_000;

export interface Postgres {
  /** Folder of its socket, for a client's `host`. */
  readonly folder: string;
  readonly pid: number;
  /** By name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Writes what changed to the tables' files, as it does by itself from time to time. */
  checkpoint(): void;
  stop(): Promise<void>;
}

/** @throws Error that says what to install */
export async function startPostgres(): Promise<Postgres> {
  const programs = programFolder();
  const user = userToRunAs();
  const folder = mkdtempSync(join(tmpdir(), 'peers-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { LC_ALL: 'C.UTF-8' } } as const;
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8'], { ...options });
  const own = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...own], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill); // where `stop` was not called
  const output = collectOutput(server);

  function query(sql: string): string {
    const arguments_ = ['-h', folder, '-U', 'postgres', '-d', 'postgres', '-AtX', '-v', 'ON_ERROR_STOP=1', '-c', sql];
    return execFileSync(join(programs, 'psql'), arguments_, { encoding: 'utf8' }).trim();
  }
  await waitUntilReady(join(programs, 'pg_isready'), folder, () => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${output.stderr}`);
  });
  return {
    folder,
    pid: server.pid ?? 0,
    settings: Object.fromEntries(SETTINGS.map((name) => [name, query(`SHOW ${name}`)])),
    checkpoint: () => void query('CHECKPOINT'),
    async stop() {
      process.off('exit', kill);
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian's newest version. */
function programFolder(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => join(DEBIAN, version, 'bin')).find((each) => existsSync(join(each, 'initdb')));
  if (folder === undefined) throw new Error(INSTALL);
  return folder;
}

/** PostgreSQL does not run as root: then as the user that its package made. */
function userToRunAs(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (uid === undefined) throw new Error(INSTALL);
  return { uid: Number(uid), gid: Number(gid) };
}

async function waitUntilReady(program: string, folder: string, check: () => void): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX;
  while (Date.now() < deadline) {
    check();
    const probe = spawn(program, ['-h', folder, '-q'], { stdio: 'ignore' });
    const [code] = await once(probe, 'exit');
    if (code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`PostgreSQL did not start within ${READY_MS_MAX} ms`);
}
