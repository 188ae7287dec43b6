import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, answerOf } from '../server/src/testing/app/response.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { PROGRAM, startIn } from '../server/src/testing/process/cli-process.ts';

/* The real program in a process of its own, and somebody who calls it. */

export interface Program {
  readonly url: string;
  readonly pid: number;
  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null>;
  /** Ends it at once, without a chance to tidy up. */
  kill(): Promise<void>;
}

/** A folder for a store, gone after the test. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lending-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts a server, on a free port unless the settings name one, with its data in `folder`. */
export async function start(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const { pid, ended, stop, printed } = startIn(folder, process.execPath, [PROGRAM, 'serve', '--json'], { PORT: '0', ...settings });
  const { url } = JSON.parse(await printed('\n'));
  return {
    ...{ url, pid },
    stop: () => stop('SIGTERM').then(async () => (await ended).code),
    kill: () => stop('SIGKILL'),
  };
}

export type Client = Awaited<ReturnType<typeof signIn>>;

/** Somebody who signs in at the local issuer. The token outlives the server's process. */
export async function signIn(url: string, email: string) {
  const { body } = await call(url, undefined, 'POST', '/local/token', { email });
  const token: string = body.token;
  return {
    token,
    get: (path: string) => call(url, token, 'GET', path),
    post: (path: string, sent?: unknown, headers?: Record<string, string>) => call(url, token, 'POST', path, sent, headers),
    /** The same person at another address of the same store. */
    at: (other: string) => ({
      get: (path: string) => call(other, token, 'GET', path),
      post: (path: string, sent?: unknown, headers?: Record<string, string>) => call(other, token, 'POST', path, sent, headers),
    }),
    async postsLoan(loan: object = {}): Promise<string> {
      const answer = await call(url, token, 'POST', '/loans', { ...LOAN, ...loan });
      return answer.body.loan.loan_id;
    },
  };
}

export async function call(
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  sent?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(sent !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(sent !== undefined && { body: JSON.stringify(sent) }),
  });
  return answerOf(response);
}
