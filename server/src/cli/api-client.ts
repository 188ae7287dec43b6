import { LendingClient } from '@private-lending/client';
import type { Command } from 'commander';
import * as z from 'zod';
import { localTokenResponse } from '../api/http/system-schemas.ts';
import { type App, createApp, fetchFrom } from '../composition/app.ts';
import { startImportWorker } from '../composition/import-worker.ts';
import { openStore, RETRY_MS } from '../composition/open-store.ts';
import { ConfigError, readClientConfig, readConfig } from '../config/config.ts';
import { canContinue } from '../domain/imports/lender-import.ts';
import { ClockCheck } from '../storage/due-items.ts';
import { retryAtStart } from '../storage/retry-at-start.ts';
import { makeLog } from '../telemetry/log.ts';
import { findDueImports } from '../usecases/imports/find-due-imports.ts';
import { IMPORT_AHEAD_MS_MAX, runImportStep } from '../usecases/imports/run-import-step.ts';

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
}

export function withAuthOptions(command: Command): Command {
  return command
    .option('--as <email>', 'sign in at the local issuer as this address')
    .option('--url <url>', 'use this server instead of opening the store, also LENDING_URL')
    .option('--json', 'print the whole response; LENDING_TOKEN is used if set');
}

/** Calls the API as the user of the options, and closes what it opened for that. */
export async function withClient<Result>(
  { as, url }: SessionOptions,
  work: (client: LendingClient) => Promise<Result>,
): Promise<Result> {
  return withTarget(url, async (target) => {
    const token = readClientConfig().token ?? (as && (await fetchLocalToken(target, as)).token);
    if (!token) throw missingToken();
    return work(createClient(target, token));
  });
}

/** A client of a server for commands that run long: the local issuer renews its token. */
export function renewingClient({ as, url }: SessionOptions): LendingClient {
  const config = readClientConfig();
  const target = { url: requireUrl(url ?? config.url ?? DEFAULT_URL), fetch };
  if (config.token !== undefined) return createClient(target, config.token);
  if (as === undefined) throw missingToken();
  return createClient(target, async () => (await fetchLocalToken(target, as)).token);
}

export function issueLocalToken({ url }: SessionOptions, email: string, name?: string): Promise<LocalToken> {
  return withTarget(url, (target) => fetchLocalToken(target, email, name));
}

function createClient({ url, fetch }: ApiTarget, token: string | (() => Promise<string>)): LendingClient {
  return new LendingClient({ url, token, fetch, retryDelayMs: RETRY_DELAY_MS, deadlineMs: DEADLINE_MS });
}

const problem = z.object({ error: z.string(), message: z.string() });

async function fetchLocalToken({ url, fetch }: ApiTarget, email: string, name?: string): Promise<LocalToken> {
  const body = JSON.stringify({ email, ...(name !== undefined && { name }) });
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(new URL('/local/token', url), { method: 'POST', headers, body }).catch((cause: unknown) => {
    throw new UnreachableError(url, cause);
  });
  const received: unknown = await response.json();
  if (response.ok) return localTokenResponse.parse(received);
  const { error, message } = problem.parse(received);
  if (error === 'NOT_FOUND')
    throw new ConfigError(['AUTH_ISSUER is set, so there is no local issuer: get a token from that issuer']);
  throw new TokenRejectedError(message);
}

/** The local issuer rejected the request for a token. */
export class TokenRejectedError extends Error {
  override readonly name = 'TokenRejectedError';
}

export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(url: string, cause: unknown) {
    super(`No server responds at ${url}. Start one there, or leave out --url and LENDING_URL.`, { cause });
  }
}

async function withTarget<Result>(optionUrl: string | undefined, work: (target: ApiTarget) => Promise<Result>): Promise<Result> {
  const url = optionUrl ?? readClientConfig().url;
  if (url !== undefined) return work({ url: requireUrl(url), fetch });
  const config = readConfig();
  const store = await openStore(config.store, { mustExist: true });
  try {
    // Without log lines: the command prints the one response.
    const log = makeLog({ write() {} });
    const app = await retryAtStart(() => createApp({ config, store, log }), { forMs: RETRY_MS });
    const stopImports = startImports(app);
    try {
      return await work({ url: 'http://localhost', fetch: fetchFrom(app) });
    } finally {
      await stopImports();
      await app.contacts.flush(() => {}); // recorded at a later request of the user
    }
  } finally {
    await store.close();
  }
}

/** Runs imports in this process, as there may be no server. */
function startImports({ services }: App): () => Promise<void> {
  const clockCheck = new ClockCheck(IMPORT_AHEAD_MS_MAX);
  return startImportWorker({
    ...services,
    async advance(importId) {
      const step = await runImportStep(services, importId);
      return step !== undefined && canContinue(step.job);
    },
    findDue: (onDue) => findDueImports(services, clockCheck, onDue),
    onError: () => {}, // the step is found again and retried
  });
}

function requireUrl(url: string): string {
  if (/^https?:/.test(URL.canParse(url) ? new URL(url).protocol : '')) return url;
  throw new ConfigError([`--url and LENDING_URL must be a URL such as ${DEFAULT_URL}, not "${url}"`]);
}

function missingToken(): ConfigError {
  return new ConfigError(['LENDING_TOKEN is not set: set it, or sign in with --as EMAIL']);
}
