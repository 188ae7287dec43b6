import {
  ApiError,
  AuthClient,
  ConnectionError,
  LendingClient,
  LendingError,
  NotFoundError,
  type SignInMethod,
  type TokenSource,
} from '@private-lending/client';
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

/** A server, or an app in this process. */
interface ApiTarget {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Where the URL comes from. */
  readonly source: '--url' | 'LENDING_URL' | 'STORE' | 'the default' | 'the last login';
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

export function issueLocalToken({ url }: SessionOptions, command: LendingCommand, email: string, name?: string) {
  return withTarget(findServer({ url, as: email }), (target) => signInAs(target, command, email, name));
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
  if (as !== undefined) return { source: '--as', token: async () => (await signInAs(target, command, as)).token };
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

/** @returns the token of a user at the local issuer */
async function signInAs(target: ApiTarget, command: LendingCommand, email: string, name?: string) {
  try {
    const { token, ...issued } = await callAuth(target, command, (auth) => auth.signInLocally({ email, name }));
    if (token === undefined) throw foreignServer(target, 200);
    return { token, ...issued };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw noLocalIssuer(target, (await callAuth(target, command, (auth) => auth.me())).sign_in);
  }
}

/** Makes a call that precedes those of the command, once, as a user waits. @throws an error that names the server */
async function callAuth<T>(target: ApiTarget, command: LendingCommand, call: (auth: AuthClient) => PromiseLike<T>): Promise<T> {
  try {
    return await call(new AuthClient({ ...callOptions(target), session: false, maxAttempts: 1 }));
  } catch (error) {
    if (!(error instanceof LendingError) || (error instanceof ApiError && error.code !== 'UNEXPECTED_RESPONSE')) throw error;
    throw error.status === undefined ? unreachable(target, command, error) : foreignServer(target, error.status);
  }
}

function foreignServer({ url, source }: ApiTarget, status: number): ApiError {
  const message = `What responds at ${url} (from ${source}) is not a server of Private Lending: status ${status}. Check the URL.`;
  const context = { requestId: '', attempts: 1, retryable: false, details: [], body: undefined };
  return new ApiError(message, { code: 'UNEXPECTED_RESPONSE', status, ...context });
}

function noLocalIssuer({ source, url }: ApiTarget, method: SignInMethod): Error {
  if (method === 'local') return new UsageError(`The local issuer of ${url} is open to its own machine only, without a proxy.`);
  if (source === 'STORE')
    return new ConfigError([
      method === 'email'
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

async function destinationOf(target: ApiTarget, command: LendingCommand): Promise<Destination> {
  const { sign_in: method, issuer } = await callAuth(target, command, (auth) => auth.me());
  const url = target.source === 'STORE' ? undefined : target.url;
  return { url, signIn: loginCommand(command, target), method, issuer };
}

async function withTarget<Result>(server: Server | undefined, work: (target: ApiTarget) => Promise<Result>): Promise<Result> {
  if (server) return work({ ...server, fetch });
  const { withAppOnStore } = await import('./app-on-store.ts'); // most of the program, which the client of a server doesn't need
  return withAppOnStore((fetch) => work({ url: 'http://localhost', fetch, source: 'STORE' }));
}

/** @throws ConfigError without the URL if it has a password, which messages would show */
function requireUrl(url: string): string {
  const { protocol = '', username = '', password = '' } = URL.canParse(url) ? new URL(url) : {};
  if (username !== '' || password !== '')
    throw new ConfigError(['--url and LENDING_URL must not contain a user name or a password: set LENDING_TOKEN']);
  if (/^https?:$/.test(protocol)) return url;
  throw new ConfigError([`--url and LENDING_URL must be a URL such as ${DEFAULT_URL}, not "${url}"`]);
}
