import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* The command line as built, in separate processes and a temporary folder. */

export const PROGRAM = fileURLToPath(new URL('../../../../dist/cli.js', import.meta.url));

/** The programs that a run starts share what V8 compiles of them. */
export const COMPILE_CACHE = join(tmpdir(), 'lending-compile-cache');

type Settings = Readonly<Record<string, string>>;

export interface CliResult {
  /** Null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Served {
  readonly url: string;
  /** The demo's curl line, if one was printed. */
  readonly demo: string | undefined;
  /** Sends a signal, by default SIGTERM, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
}

export type Workplace = ReturnType<typeof openWorkplace>;

/** An empty folder to run commands in. */
export function openWorkplace() {
  const folder = mkdtempSync(join(tmpdir(), 'lending-'));
  const started: ReturnType<typeof startIn>[] = [];
  const start = (command: string, args: readonly string[], settings: Settings) => {
    const process = startIn(folder, command, args, settings);
    started.push(process);
    return process;
  };

  return {
    path: (...names: string[]) => join(folder, ...names),
    /** The names in a subfolder; none where it does not exist. */
    files: (name: string) => (existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : []),
    /** Runs a `lending` command to its end. */
    lending: (args: readonly string[], settings: Settings = {}) => start(process.execPath, [PROGRAM, ...args], settings).ended,
    /** Starts a `lending` command. */
    started: (args: readonly string[], settings: Settings = {}) => start(process.execPath, [PROGRAM, ...args], settings),
    /** Runs a shell command. */
    paste: (line: string) => start('sh', ['-c', line], {}).ended,
    /** Runs a script in a shell. */
    shell: (shell: string, script: string) => start(shell, ['-c', script], {}).ended,
    /** Starts a server on a free port, and waits until it serves. */
    async serve(settings: Settings = {}): Promise<Served> {
      const { stop, printed } = start(process.execPath, [PROGRAM, 'serve', '--json'], { PORT: '0', ...settings });
      const { url, demo } = JSON.parse(await printed('\n'));
      return { url, demo, stop };
    },
    async close(): Promise<void> {
      await Promise.all(started.map(({ stop }) => stop('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns what the process has printed so far */
export function collectOutput(child: Pick<ChildProcess, 'stderr' | 'stdout'>) {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  return text;
}

/** Starts a command in a folder. */
export function startIn(folder: string, command: string, args: readonly string[], settings: Settings) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = collectOutput(child);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });

  return {
    pid: child.pid ?? 0,
    ended,
    /** Printed so far. */
    text,
    /** Stops reading, as a pipe's reader that ends. */
    closeOutput(): void {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<CliResult> {
      child.kill(signal);
      return ended;
    },
    /** Waits for a text on stdout. @returns all that was printed by then */
    printed(awaited: string): Promise<string> {
      const found = new Promise<string>((resolve) => {
        child.stdout.on('data', () => {
          if (text.stdout.includes(awaited)) resolve(text.stdout);
        });
      });
      const endedBefore = ended.then(({ stderr }) =>
        Promise.reject(new Error(`it ended before it printed "${awaited}": ${stderr}`)),
      );
      return Promise.race([found, endedBefore]);
    },
  };
}
