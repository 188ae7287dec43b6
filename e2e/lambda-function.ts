import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE, collectOutput } from '../server/src/testing/process/cli-process.ts';

const HOST = fileURLToPath(new URL('./lambda-host.ts', import.meta.url));
const BUNDLES = fileURLToPath(new URL('../dist/lambda/', import.meta.url));
const FLAGS = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/** The trace id of every invocation. */
export const TRACE = '5759e988bd862e3fe1be46a994272793';

export type FunctionName = 'api' | 'bounces' | 'clock' | 'import' | 'setup' | 'socket' | 'stream';

export type LambdaFunction = Awaited<ReturnType<typeof startFunction>>;

/** The folder that is deployed. */
export function bundleOf(name: FunctionName): string {
  return `${BUNDLES}${name}/`;
}

/** The environment of a function: what AWS sets, and the store. @param database endpoint of DynamoDB Local */
export function functionSettings(table: string, database: string | undefined) {
  return {
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    AWS_ENDPOINT_URL_DYNAMODB: database ?? '',
    STORE: `dynamodb:${table}`,
  };
}

/** Runs a bundle in its own process, as AWS does. @returns when it is initialized */
export async function startFunction(folder: string, environment: Readonly<Record<string, string>> = {}) {
  const child = fork(HOST, [`${folder}index.mjs`], {
    execArgv: FLAGS,
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    cwd: folder,
    silent: true,
  });
  const output = collectOutput(child);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the function ended: ${output.stderr}`);
  });
  ended.catch(() => {});
  const message = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  const loadedMs: number = await message();

  return {
    /** Time to load and initialize it. */
    loadedMs,
    /** One event at a time, as AWS does. */
    async invoke<Result>(event: unknown, context: object): Promise<Result> {
      const received = message();
      child.send({ event, context });
      const result = await received;
      await nextIteration(); // what it printed before was sent through other pipes, which may be read after this one
      return result;
    },
    /** Lines on standard output so far. */
    lines: () => output.stdout.split('\n').filter((line) => line !== ''),
    stderr: () => output.stderr,
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
