import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/* A function as it is uploaded, in a process of its own, with nothing of ours around it. */

const HOST = fileURLToPath(new URL('./lambda-host.ts', import.meta.url));
const FLAGS = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

export const API = fileURLToPath(new URL('../dist/lambda/api/', import.meta.url));
export const SOCKET = fileURLToPath(new URL('../dist/lambda/socket/', import.meta.url));
export const STREAM = fileURLToPath(new URL('../dist/lambda/stream/', import.meta.url));
export const IMPORT = fileURLToPath(new URL('../dist/lambda/import/', import.meta.url));
export const CLOCK = fileURLToPath(new URL('../dist/lambda/clock/', import.meta.url));

export type LambdaFunction = Awaited<ReturnType<typeof startFunction>>;

/** @param folder of the function @returns once it is initialized, and waits for its first event */
export async function startFunction(folder: string, environment: Readonly<Record<string, string>> = {}) {
  const child = fork(HOST, [`${folder}index.mjs`], { execArgv: FLAGS, env: environment, cwd: folder, silent: true });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the function ended: ${written.stderr}`);
  });
  ended.catch(() => {});
  const message = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  const loadedMs: number = await message();

  return {
    /** How long it took to load it, and all that it does then. */
    loadedMs,
    /** One after the other, as AWS does. */
    async invoke<Result>(event: unknown, context: object): Promise<Result> {
      const answered = message();
      child.send({ event, context });
      return answered;
    },
    /** The lines on standard output so far. */
    lines: () => written.stdout.split('\n').filter((line) => line !== ''),
    stderr: () => written.stderr,
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
