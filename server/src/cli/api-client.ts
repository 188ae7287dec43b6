import { ApiError, ConnectionError, LendingClient } from '@private-lending/client';
import * as z from 'zod';
import { localTokenResponse } from '../api/http/system-schemas.ts';
import { ConfigError, readClientConfig } from '../config/config.ts';
import { AdvisedError, isNeverReached, UnreachableError } from './failure.ts';
import { type LendingCommand, UsageError } from './lending-command.ts';
import { adviseOnRejectedToken, type Destination, missingTokenAdvice } from './session-advice.ts';

export interface SessionOptions {
  /** The server. Without it the command opens STORE itself, also while a server has it open. */
  readonly url?: string | undefined;
  /** E-mail address to sign in with at the local issuer. */
  readonly as?: string | undefined;
}

/** The default of `npm start`. */
const DEFAULT_URL = 'http://127.0.0.1:3000';
/** Short, for a user who waits at a terminal. */
const RETRY_DELAY_MS = 200;
const DEADLINE_MS = 60_000;

type LocalToken = z.output<typeof localTokenResponse>;

/** A server, or an app in this process. */
interface ApiTarget {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Where the URL comes from. */
  readonly source: '--url' | 'LENDING_URL' | 'the default' | 'STORE';
  /** Of an app in this process. */
  readonly issuer?: string | undefined;
}

export function withAuthOptions(command: LendingCommand): LendingCommand {
  return command
    .option('--as <email>', 'sign in at the local issuer as this address; else LENDING_TOKEN is used')
    .option('--url <url>', 'use this server instead of opening the store, also LENDING_URL')
    .option('--json', 'print the whole response, or the error, as JSON');
}

/** Calls the API as the user of the options, and closes what it opened for that. */
export async function withClient<Result>(
  { as, url }: SessionOptions,
  command: LendingCommand,
  work: (client: LendingClient) => Promise<Result>,
): Promise<Result> {
  return withTarget(url, async (target) => {
    const { token } = readClientConfig();
    if (token === undefined && as === undefined) throw await missingToken(target, command);
    try {
      return await work(createClient(target, token ?? (await fetchLocalToken(target, command, as ?? '')).token));
    } catch (error) {
      throw await explain(error, target, command, token);
    }
  });
}

/** A server for commands that run long: the local issuer renews the token. `explain` adds advice to an error. */
export async function renewingSession({ as, url }: SessionOptions, command: LendingCommand) {
  const config = readClientConfig();
  const source = url !== undefined ? '--url' : config.url !== undefined ? 'LENDING_URL' : 'the default';
  const target: ApiTarget = { url: requireUrl(url ?? config.url ?? DEFAULT_URL), fetch, source };
  if (config.token === undefined && as === undefined) throw await missingToken(target, command);
  const token = config.token ?? (async () => (await fetchLocalToken(target, command, as ?? '')).token);
  return {
    client: createClient(target, token),
    explain: (error: unknown) => explain(error, target, command, config.token),
  };
}

export function issueLocalToken(
  { url }: SessionOptions,
  command: LendingCommand,
  email: string,
  name?: string,
): Promise<LocalToken> {
  return withTarget(url, (target) => fetchLocalToken(target, command, email, name));
}

function createClient({ url, fetch }: ApiTarget, token: string | (() => Promise<string>)): LendingClient {
  return new LendingClient({ url, token, fetch, retryDelayMs: RETRY_DELAY_MS, deadlineMs: DEADLINE_MS });
}

/** Adds what the user can do about an error. @param token of the environment */
async function explain(error: unknown, target: ApiTarget, command: LendingCommand, token: string | undefined): Promise<unknown> {
  if (error instanceof ConnectionError && isNeverReached(error)) return unreachable(target, command, error);
  if (token === undefined || !(error instanceof ApiError) || error.status !== 401) return error;
  return adviseOnRejectedToken(error, token, await destinationOf(target, command), command, Date.now());
}

const problem = z.object({ error: z.string(), message: z.string() });

async function fetchLocalToken(target: ApiTarget, command: LendingCommand, email: string, name?: string): Promise<LocalToken> {
  const request = { email, ...(name !== undefined && { name }) };
  const { ok, status, requestId, text } = await postLocalToken(target, command, request);
  const body = parseJson(text);
  const issued = localTokenResponse.safeParse(body);
  if (ok && issued.success) return issued.data;
  const found = problem.safeParse(body);
  if (found.data?.error === 'NOT_FOUND') throw noLocalIssuer(target);
  const context = { requestId, attempts: 1, retryable: false, status, details: [], body: body ?? text };
  if (found.success) throw new ApiError(found.data.message, { ...context, code: 'VALIDATION_ERROR' });
  const message = `What responds at ${target.url} (from ${target.source}) is not a server of Private Lending: status ${status}. Check the URL.`;
  throw new ApiError(message, { ...context, code: 'UNEXPECTED_RESPONSE' });
}

/** @throws AdvisedError if no complete response arrives in time */
async function postLocalToken(target: ApiTarget, command: LendingCommand, body: object) {
  const headers = { 'Content-Type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(DEADLINE_MS) };
  try {
    const response = await target.fetch(new URL('/local/token', target.url), request);
    const { ok, status } = response;
    return { ok, status, requestId: response.headers.get('X-Request-Id') ?? '', text: await response.text() };
  } catch (cause) {
    throw unreachable(target, command, cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noLocalIssuer({ source, url, issuer }: ApiTarget): Error {
  if (source === 'STORE')
    return new ConfigError([
      issuer === 'other'
        ? 'SMTP_URL and PUBLIC_URL are set, so there is no local issuer: sign in by e-mail, at a server that runs'
        : 'AUTH_ISSUER is set, so there is no local issuer: get a token from that issuer',
    ]);
  return new UsageError(`The server at ${url} has no local issuer: get a token from its issuer, and set it in LENDING_TOKEN.`);
}

function unreachable({ url, source }: ApiTarget, { root }: LendingCommand, cause: unknown): AdvisedError {
  const isDefault = source === 'the default';
  const error = new UnreachableError(`No server responds at ${url} (${isDefault ? source : `from ${source}`}).`, { cause });
  const other = isDefault ? 'name another with --url or LENDING_URL' : `change ${source}`;
  const store = isDefault || root.args[0] === 'watch' ? '' : `, or leave out ${source} to open STORE`;
  return new AdvisedError(error, `Start one with "${root.typed} serve", ${store === '' ? 'or ' : ''}${other}${store}.`);
}

async function missingToken(target: ApiTarget, command: LendingCommand): Promise<AdvisedError> {
  const error = new UsageError('This command needs a token: LENDING_TOKEN is not set.');
  return new AdvisedError(error, missingTokenAdvice(await destinationOf(target, command), command));
}

/** Finds out whether a server has a local issuer, by a request that every issuer rejects. */
async function destinationOf(target: ApiTarget, command: LendingCommand): Promise<Destination> {
  if (target.source === 'STORE') return { url: undefined, issuer: target.issuer ?? 'local' };
  const { status } = await postLocalToken(target, command, {});
  return { url: target.url, issuer: status === 400 ? 'local' : 'other' };
}

async function withTarget<Result>(optionUrl: string | undefined, work: (target: ApiTarget) => Promise<Result>): Promise<Result> {
  const url = optionUrl ?? readClientConfig().url;
  if (url !== undefined) {
    const source = optionUrl === undefined ? 'LENDING_URL' : '--url';
    return work({ url: requireUrl(url), fetch, source });
  }
  const { withAppOnStore } = await import('./app-on-store.ts'); // most of the program, which the client of a server doesn't need
  return withAppOnStore((fetch, issuer) => work({ url: 'http://localhost', fetch, source: 'STORE', issuer }));
}

/** @throws ConfigError without the URL if it has a password, which messages would show */
function requireUrl(url: string): string {
  const { protocol = '', username = '', password = '' } = URL.canParse(url) ? new URL(url) : {};
  if (username !== '' || password !== '')
    throw new ConfigError(['--url and LENDING_URL must not contain a user name or a password: set LENDING_TOKEN']);
  if (/^https?:$/.test(protocol)) return url;
  throw new ConfigError([`--url and LENDING_URL must be a URL such as ${DEFAULT_URL}, not "${url}"`]);
}
