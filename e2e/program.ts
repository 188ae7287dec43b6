import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResponse, type TestResponse } from '../server/src/testing/app/response.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { PROGRAM, startIn } from '../server/src/testing/process/cli-process.ts';

/* The real program in its own process, and users who call it. */

export interface Program {
  readonly url: string;
  readonly pid: number;
  /** Stops it gracefully. @returns its exit code */
  stop(): Promise<number | null>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lending-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts a server with its data in `folder`, on a free port unless the settings have one. */
export async function start(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const { pid, ended, stop, printed } = startIn(folder, process.execPath, [PROGRAM, 'serve', '--json'], { PORT: '0', ...settings });
  const { url } = JSON.parse(await printed('\n'));
  return {
    url,
    pid,
    stop: () => stop('SIGTERM').then(async () => (await ended).code),
    kill: () => stop('SIGKILL'),
  };
}

export interface Client {
  readonly token: string;
  get(path: string): Promise<TestResponse>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>;
  /** The same user at another server of the same store. */
  at(url: string): Client;
  /** @returns the id of the loan */
  postsLoan(loan?: object): Promise<string>;
}

/** Signs in at the local issuer. The token remains valid when the server restarts. */
export async function signIn(url: string, email: string): Promise<Client> {
  const { body } = await call(url, undefined, 'POST', '/local/token', { email });
  return clientAt(url, body.token);
}

function clientAt(url: string, token: string): Client {
  const post: Client['post'] = (path, body, headers) => call(url, token, 'POST', path, body, headers);
  return {
    token,
    get: (path) => call(url, token, 'GET', path),
    post,
    at: (other) => clientAt(other, token),
    postsLoan: async (loan = {}) => (await post('/loans', { ...LOAN, ...loan })).body.loan.loan_id,
  };
}

export async function call(
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return readResponse(response);
}
