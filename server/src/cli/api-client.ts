import { ApiError, AuthClient, ConnectionError, LendingClient, type TokenSource } from '@private-lending/client';
import * as z from 'zod';
import { localTokenResponse } from '../api/http/auth/auth-schemas.ts';
import { ConfigError, readClientConfig } from '../config/config.ts';
import { readUserEnvironment } from '../config/user-environment.ts';
import { DomainError } from '../domain/errors.ts';
import { AdvisedError, isNeverReached, UnreachableError } from './failure.ts';
import { type LendingCommand, UsageError } from './lending-command.ts';
import { adviseOnRejectedToken, type Destination, loginCommand, missingTokenAdvice } from './session-advice.ts';
import { CredentialsFile } from './sign-in/credentials-file.ts';
import { storedToken } from './sign-in/stored-token.ts';

export interface SessionOptions {
  /** The server. Without it the command opens STORE itself, also while a server has it open, or uses the last login. */
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
  readonly source: '--url' | 'LENDING_URL' | 'STORE' | 'the default' | 'the last login';
  /** Of an app in this process. */
  readonly issuer?: string | undefined;
}

export function withAuthOptions(command: LendingCommand): LendingCommand {
  return command
    .option('--as <email>', 'sign in at the local issuer as this address; else LENDING_TOKEN or the login is used')
    .option('--url <url>', 'use this server instead of opening the store, also LENDING_URL')
    .option('--json', 'print the whole response, or the error, as JSON');
}

/** Calls the API as the user of the options, and closes what it opened for that. */
export async function withClient<Result>(
  options: SessionOptions,
  command: LendingCommand,
  work: (client: LendingClient) => Promise<Result>,
): Promise<Result> {
  return withTarget(findServer(options), async (target) => {
    const credential = await findCredential(target, options, command);
    // Once: the command ends long before the token.
    const token = credential.source === '--as' ? await credential.token() : credential.token;
    try {
      return await work(createClient(target, token));
    } catch (error) {
      throw await explain(error, target, command, credential);
    }
  });
}

/** A server for commands that run long: the local issuer renews the token. `explain` adds advice to an error. */
export async function renewingSession(options: SessionOptions, command: LendingCommand) {
  const target: ApiTarget = { fetch, ...(findServer(options) ?? { url: DEFAULT_URL, source: 'the default' }) };
  const credential = await findCredential(target, options, command);
  return {
    client: createClient(target, credential.token),
    explain: (error: unknown) => explain(error, target, command, credential),
  };
}

export function issueLocalToken(
  { url }: SessionOptions,
  command: LendingCommand,
  email: string,
  name?: string,
): Promise<LocalToken> {
  return withTarget(findServer({ url, as: email }), (target) => fetchLocalToken(target, command, email, name));
}

/** A server to sign in to or out of: that of the last login by default. `explain` adds advice to an error. */
export function signInTarget({ url }: SessionOptions, command: LendingCommand) {
  const { current } = openCredentials();
  const fallback = current === undefined ? ({ url: DEFAULT_URL, source: 'the default' } as const) : lastLogin(current);
  const target: ApiTarget = { fetch, ...(namedServer(url) ?? fallback) };
  const options = callOptions(target);
  return {
    url: target.url,
    createAuth: (token?: string) => new AuthClient({ ...options, ...(token === undefined ? { session: false } : { token }) }),
    explain: (error: unknown) => explain(error, target, command),
  };
}

export function openCredentials(): CredentialsFile {
  return new CredentialsFile(readUserEnvironment());
}

type Server = Pick<ApiTarget, 'source' | 'url'>;

/** Without a token, a user, a server and a store, it is the server of the last login. @returns undefined for STORE */
function findServer({ as, url }: SessionOptions): Server | undefined {
  const { namesStore, token } = readClientConfig();
  const named = namedServer(url);
  if (named || as !== undefined || token !== undefined || namesStore) return named;
  const { current } = openCredentials();
  return current === undefined ? undefined : lastLogin(current);
}

function namedServer(optionUrl: string | undefined): Server | undefined {
  const { url } = readClientConfig();
  if (optionUrl !== undefined) return { url: requireUrl(optionUrl), source: '--url' };
  return url === undefined ? undefined : { url: requireUrl(url), source: 'LENDING_URL' };
}

function lastLogin(url: string): Server {
  return { url, source: 'the last login' };
}

type UsedCredential =
  | { readonly source: '--as'; readonly token: () => Promise<string> }
  | { readonly source: 'LENDING_TOKEN'; readonly token: string }
  | { readonly source: 'login'; readonly token: TokenSource | string };

async function findCredential(target: ApiTarget, { as }: SessionOptions, command: LendingCommand): Promise<UsedCredential> {
  const { token } = readClientConfig();
  if (token !== undefined) return { source: 'LENDING_TOKEN', token };
  if (as !== undefined) return { source: '--as', token: async () => (await fetchLocalToken(target, command, as)).token };
  const options = { file: openCredentials(), url: target.url, clock: Date.now };
  const stored = target.source === 'STORE' ? undefined : storedToken(options);
  if (stored === undefined) throw await missingToken(target, command);
  return { source: 'login', token: stored };
}

function createClient(target: ApiTarget, token: TokenSource | string): LendingClient {
  return new LendingClient({ ...callOptions(target), token });
}

function callOptions({ url, fetch }: ApiTarget) {
  return { url, fetch, retryDelayMs: RETRY_DELAY_MS, deadlineMs: DEADLINE_MS };
}

/** Adds what the user can do about an error. */
async function explain(error: unknown, target: ApiTarget, command: LendingCommand, credential?: UsedCredential): Promise<unknown> {
  if (error instanceof ConnectionError && isNeverReached(error)) return unreachable(target, command, error);
  const isUnauthorized = (error instanceof ApiError || error instanceof DomainError) && error.code === 'UNAUTHORIZED';
  if (!isUnauthorized || !credential || credential.source === '--as') return error;
  if (credential.source === 'login') return new AdvisedError(error, `Sign in again: ${loginCommand(command, target)}`);
  return adviseOnRejectedToken(error, credential.token, await destinationOf(target, command), command, Date.now());
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
  return new UsageError(
    `The server at ${url} has no local issuer: sign in by "login" instead, or set LENDING_TOKEN to a token of its issuer.`,
  );
}

function unreachable({ url, source }: ApiTarget, { root }: LendingCommand, cause: unknown): AdvisedError {
  const isDefault = source === 'the default' || source === 'the last login';
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
  if (target.source === 'STORE') return { url: undefined, signIn: undefined, issuer: target.issuer ?? 'local' };
  const { status } = await postLocalToken(target, command, {});
  return { url: target.url, signIn: loginCommand(command, target), issuer: status === 400 ? 'local' : 'other' };
}

async function withTarget<Result>(server: Server | undefined, work: (target: ApiTarget) => Promise<Result>): Promise<Result> {
  if (server) return work({ ...server, fetch });
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
