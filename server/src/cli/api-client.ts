import { LendingClient } from '@private-lending/client';
import * as z from 'zod';
import { localTokenResponse } from '../api/http/system-schemas.ts';
import { type App, createApp, fetchFrom } from '../composition/app.ts';
import { startImportWorker } from '../composition/import-worker.ts';
import { openStore } from '../composition/open-store.ts';
import { ConfigError, readClientConfig, readConfig } from '../config/config.ts';
import { makeLog } from '../telemetry/log.ts';
import { findDueImports } from '../usecases/imports/find-due-imports.ts';
import { runImportStep } from '../usecases/imports/run-import-step.ts';

export interface SessionOptions {
  /** A server to ask; without it the command opens STORE itself, also while a server has it open. */
  readonly url?: string | undefined;
  /** An address to sign in as, at the local issuer. */
  readonly as?: string | undefined;
}

/** Where `npm start` serves. */
const DEFAULT_URL = 'http://127.0.0.1:3000';
/** Whoever waits at a terminal is told soon that nobody answers. */
const RETRY_DELAY_MS = 200;
const DEADLINE_MS = 60_000;

type Fetch = typeof globalThis.fetch;
type LocalToken = z.output<typeof localTokenResponse>;

/** A server, or this very program on its store. */
interface ApiTarget {
  readonly url: string;
  readonly fetch: Fetch;
}

/** Calls the API as somebody, and tidies up after it. */
export async function withClient<Result>(
  options: SessionOptions,
  work: (client: LendingClient) => Promise<Result>,
): Promise<Result> {
  const { as } = options;
  return withPlace(options.url, async (place) => {
    const token = readClientConfig().token ?? (as && (await localTokenFor(place, as)).token);
    if (!token) throw whoAreYou();
    return work(clientAt(place, token));
  });
}

/** For as long as somebody watches: a client with a token that is given, or that the local issuer makes anew as often as it is needed. */
export function renewingClient({ as, url: given }: SessionOptions): LendingClient {
  const { token, url: set } = readClientConfig();
  const place = { url: requireUrl(given ?? set ?? DEFAULT_URL), fetch };
  if (token !== undefined) return clientAt(place, token);
  if (as === undefined) throw whoAreYou();
  return clientAt(place, async () => (await localTokenFor(place, as)).token);
}

/** Has the local issuer make a token. */
export function askLocalToken(options: SessionOptions, email: string, name?: string): Promise<LocalToken> {
  return withPlace(options.url, (place) => localTokenFor(place, email, name));
}

function clientAt({ url, fetch }: ApiTarget, token: string | (() => Promise<string>)): LendingClient {
  return new LendingClient({ url, token, fetch, retryDelayMs: RETRY_DELAY_MS, deadlineMs: DEADLINE_MS });
}

const refusal = z.object({ error: z.string(), message: z.string() });

async function localTokenFor({ url, fetch }: ApiTarget, email: string, name?: string): Promise<LocalToken> {
  const body = JSON.stringify({ email, ...(name !== undefined && { name }) });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(new URL('/local/token', url), { method: 'POST', headers, body }).catch((cause: unknown) => {
    throw new UnreachableError(url, cause);
  });
  const told: unknown = await answer.json();
  if (answer.ok) return localTokenResponse.parse(told);
  const { error, message } = refusal.parse(told);
  if (error === 'NOT_FOUND')
    throw new ConfigError(['AUTH_ISSUER is set, so there is no local issuer: have that issuer make the token']);
  throw new RefusedError(message);
}

/** The local issuer's own words on why it made no token. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

/** Nobody answered. */
export class UnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    super(`Nothing answers at ${url}. Start a server there, or leave out --url and LENDING_URL.`, { cause });
    this.name = 'UnreachableError';
  }
}

async function withPlace<Result>(given: string | undefined, work: (place: ApiTarget) => Promise<Result>): Promise<Result> {
  const url = given ?? readClientConfig().url;
  if (url !== undefined) return work({ url: requireUrl(url), fetch });
  const config = readConfig();
  const store = await openStore(config.store, {});
  try {
    // What a server would log is of no interest to whoever waits for this one answer, which says it all.
    const app = await createApp({ config, store, log: makeLog({ write() {} }) });
    const endImports = importsOf(app);
    try {
      return await work({ url: 'http://localhost', fetch: fetchFrom(app) });
    } finally {
      await endImports();
    }
  } finally {
    await store.close();
  }
}

/** No server may be there to take the steps of an import that is sent here. */
function importsOf({ services }: App): () => Promise<void> {
  return startImportWorker({
    changes: services.changes,
    advance: (importId) => runImportStep(services, importId),
    findDue: (see) => findDueImports(services, see),
    onError: () => {}, // the step is found again and retried
  });
}

function requireUrl(url: string): string {
  if (/^https?:/.test(URL.canParse(url) ? new URL(url).protocol : '')) return url;
  throw new ConfigError([`--url and LENDING_URL take a URL such as ${DEFAULT_URL}, not "${url}"`]);
}

function whoAreYou(): ConfigError {
  return new ConfigError(['LENDING_TOKEN is not set: say who you are, with it or with --as EMAIL']);
}
