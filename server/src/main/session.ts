import type * as z from 'zod';
import { createApp } from '../app.ts';
import { ConfigError, readClientConfig, readConfig } from '../config.ts';
import { localTokenAnswer } from '../doors/http/public-shapes.ts';
import { makeLog } from '../telemetry/log.ts';
import { type Api, callApi, RefusedError } from './api.ts';
import { openStore } from './open-store.ts';

export interface SessionOptions {
  /** A server to ask; without it the command opens STORE itself, also while a server has it open. */
  readonly url?: string | undefined;
  /** An address to sign in as, at the local issuer. */
  readonly as?: string | undefined;
}

/** Where `npm start` serves. */
const DEFAULT_URL = 'http://127.0.0.1:3000';

type LocalToken = z.output<typeof localTokenAnswer>;

/** Calls the API as somebody, and tidies up after it. */
export async function withApi<Result>(options: SessionOptions, work: (api: Api) => Promise<Result>): Promise<Result> {
  const { as } = options;
  return withServer(options.url, async (send, url) => {
    const token = readClientConfig().token ?? (as && (await localTokenFor({ send, url }, as)).token);
    if (!token) throw whoAreYou();
    return work({ send, url, token });
  });
}

/** Where a server is, and a token for it: the given one, or as often as it is asked for a new one of the local issuer. */
export function sessionAt({ as, url: given }: SessionOptions) {
  const { token, url: set } = readClientConfig();
  const url = requireUrl(given ?? set ?? DEFAULT_URL);
  if (token === undefined && as === undefined) throw whoAreYou();
  return {
    url,
    renewsToken: token === undefined,
    token: async () => token ?? (await askLocalToken({ url }, as ?? '')).token,
  };
}

/** Has the local issuer make a token. */
export function askLocalToken(options: SessionOptions, email: string, name?: string): Promise<LocalToken> {
  return withServer(options.url, (send, url) => localTokenFor({ send, url }, email, name));
}

async function localTokenFor(api: Omit<Api, 'token'>, email: string, name?: string): Promise<LocalToken> {
  const request = { email, ...(name !== undefined && { name }) };
  const answer = await callApi(api, 'POST', '/local/token', request).catch((error: unknown) => {
    if (!(error instanceof RefusedError && error.code === 'NOT_FOUND')) throw error;
    throw new ConfigError(['AUTH_ISSUER is set, so there is no local issuer: have that issuer make the token']);
  });
  return localTokenAnswer.parse(answer);
}

async function withServer<Result>(
  given: string | undefined,
  work: (send: Api['send'], url: string) => Promise<Result>,
): Promise<Result> {
  const url = given ?? readClientConfig().url;
  if (url !== undefined) return work(fetch, requireUrl(url));
  const config = readConfig();
  const store = await openStore(config.store, {});
  try {
    // What a server would log is of no interest to whoever waits for this one answer, which says it all.
    const app = await createApp({ config, store, log: makeLog({ write() {} }) });
    return await work(app.fetch, 'http://localhost');
  } finally {
    await store.close();
  }
}

function requireUrl(url: string): string {
  if (/^https?:/.test(URL.canParse(url) ? new URL(url).protocol : '')) return url;
  throw new ConfigError([`--url and LENDING_URL take a URL such as ${DEFAULT_URL}, not "${url}"`]);
}

function whoAreYou(): ConfigError {
  return new ConfigError(['LENDING_TOKEN is not set: say who you are, with it or with --as EMAIL']);
}
