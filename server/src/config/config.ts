import * as z from 'zod';
import { isLoopback, isSecure } from '../auth/loopback.ts';
import { parseAudiences } from '../auth/token-verifier.ts';
import { functionMailConfig, functionMailProblems, functionMailSettings, mailConfig, mailProblems, mailSettings } from './mail.ts';
import { OPERATOR_CLAIM_DEFAULT, operatorClaim, operatorProblems, operators } from './operators.ts';
import { riskConfig, riskSettings } from './risk.ts';
import { wholeNumber } from './whole-number.ts';

/** STORE. The AWS SDK reads what `client` leaves out from its own environment variables. */
export type StoreSetting =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'dynamodb'; readonly table: string; readonly client: DynamoDbClientSetting };

interface DynamoDbClientSetting {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** All settings of the server, validated. */
export type Config = ReturnType<typeof readConfig>;

/** The message has one line per problem. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const FEED_URL_RULE = 'must be the wss URL of a feed on another host';
const storeSetting = z.string().transform(parseStore);

/** @internal exported for tests */
export const settings = z.object({
  PORT: wholeNumber(0, 65_535, 3000),
  HOST: z.string().prefault('127.0.0.1'),
  STORE: storeSetting.prefault('sqlite:./data/lending.db'),
  AUTH_ISSUER: z.string().optional().refine(isIssuer, { error: 'must be an https URL, or http on a loopback address' }),
  AUTH_AUDIENCE: z
    .string()
    .refine((text) => parseAudiences(text).length > 0, { error: 'must be an audience, or several separated by commas' })
    .optional(),
  AUTH_EMAIL_CLAIM: z.string().prefault('email'),
  AUTH_EMAIL_VERIFIED_CLAIM: z.string().prefault('email_verified'),
  AUTH_OPERATOR_CLAIM: operatorClaim.optional(),
  OPERATORS: operators.optional(),
  AUTH_CLIENT_ID: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be a client id of the issuer, without spaces' })
    .optional(),
  AUTH_CLIENT_SECRET: z.string().optional(),
  ALLOW_LOCAL_ISSUER: z.enum(['0', '1'], { error: 'must be 1 or 0' }).prefault('0'),
  INVITES_PER_HOUR: wholeNumber(1, 1_000_000, 200),
  LOANS_PER_DAY: wholeNumber(1, 1_000_000, 100),
  REQUESTS_PER_SECOND: wholeNumber(0, 1_000_000, 50),
  INVITATION_DAYS: wholeNumber(1, 3650, 30),
  IDEMPOTENCY_HOURS: wholeNumber(1, 8760, 24),
  ...mailSettings,
  ...riskSettings,
  TRUST_PROXY: wholeNumber(0, 16, 0),
  CORS_ORIGINS: z.string().prefault('').transform(parseOrigins),
  FEED_URL: z
    .url({ protocol: /^wss?$/, error: FEED_URL_RULE, abort: true })
    .refine((url) => isSecure(new URL(url.replace(/^ws/, 'http'))), { error: FEED_URL_RULE })
    .optional(),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings of the server. No other module reads the environment. @throws ConfigError with all problems */
export function readConfig(environment: Environment = process.env) {
  const values = readSettings(settings, environment);
  const problems = combinationProblems(values);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    port: values.PORT,
    host: values.HOST,
    store: withLocalClient(values.STORE, environment),
    signIn: signInConfig(values),
    /** Addresses of operators; empty at an issuer, whose tokens name them. */
    operators: values.OPERATORS ?? new Set(),
    invitesPerHour: values.INVITES_PER_HOUR,
    loansPerDay: values.LOANS_PER_DAY,
    requestsPerSecond: values.REQUESTS_PER_SECOND,
    invitationDays: values.INVITATION_DAYS,
    idempotencyHours: values.IDEMPOTENCY_HOURS,
    /** The number of our own proxies in front of the server. */
    trustedHops: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
    metricsToken: values.METRICS_TOKEN,
    /** Of the feed, where API Gateway holds its connections. */
    feedUrl: values.FEED_URL,
    mail: mailConfig(values, values.INVITES_PER_HOUR),
    risk: riskConfig(values),
  } as const;
}

/** How users sign in. */
export type SignInConfig =
  /** With tokens of an OpenID Connect issuer. */
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly audience: string;
      readonly emailClaim: string;
      readonly emailVerifiedClaim: string;
      readonly operatorClaim: string;
      /** With which users of the console sign in. Undefined: they can't. */
      readonly clientId?: string | undefined;
      /** Undefined for a public client. */
      readonly clientSecret?: string | undefined;
    }
  /** By a code that is sent to their address. */
  | { readonly kind: 'email' }
  /** At the local issuer, for development. */
  | { readonly kind: 'local' };

function signInConfig(values: z.output<typeof settings>): SignInConfig {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = values;
  if (issuer !== undefined && audience !== undefined)
    return {
      kind: 'oidc',
      issuer,
      audience,
      emailClaim: values.AUTH_EMAIL_CLAIM,
      emailVerifiedClaim: values.AUTH_EMAIL_VERIFIED_CLAIM,
      operatorClaim: values.AUTH_OPERATOR_CLAIM ?? OPERATOR_CLAIM_DEFAULT,
      clientId: values.AUTH_CLIENT_ID,
      clientSecret: values.AUTH_CLIENT_SECRET,
    };
  return { kind: signsInByEmail(values) ? 'email' : 'local' };
}

/** Mail has to be sent to real mailboxes, with links to this site. */
function signsInByEmail({ AUTH_ISSUER, MAIL, SMTP_URL, PUBLIC_URL }: z.output<typeof settings>): boolean {
  return AUTH_ISSUER === undefined && MAIL === undefined && SMTP_URL !== undefined && PUBLIC_URL !== undefined;
}

const NO_FILES = 'STORE must be dynamodb:TABLE: a Lambda function has no lasting files';
const NO_ISSUER = {
  email: 'AUTH_ISSUER and AUTH_AUDIENCE are not set: sign-in by e-mail needs a server, since functions end before mail is sent',
  local: 'AUTH_ISSUER and AUTH_AUDIENCE are not set: the local issuer is for development only',
} as const;

/** Reads the settings of the API and the feed on Lambda, which need a table and an issuer. @throws ConfigError */
export function readFunctionConfig(environment: Environment = process.env) {
  const config = readConfig(environment);
  const { store, signIn } = config;
  const mail = readSettings(z.object(functionMailSettings), environment);
  const problems = [
    ...(store.kind === 'dynamodb' ? [] : [NO_FILES]),
    ...(signIn.kind === 'oidc' ? [] : [NO_ISSUER[signIn.kind]]),
    ...functionMailProblems(mail),
  ];
  if (problems.length > 0 || store.kind !== 'dynamodb') throw new ConfigError(problems);
  return { ...config, table: store.table, mail: functionMailConfig(mail, config.invitesPerHour) };
}

/** Reads the settings of background work on Lambda, which needs no issuer. @throws ConfigError */
export function readBackgroundConfig(environment: Environment = process.env) {
  const { STORE, INVITES_PER_HOUR, INVITATION_DAYS } = settings.shape;
  const shape = z.object({ STORE, INVITES_PER_HOUR, INVITATION_DAYS, ...functionMailSettings, ...riskSettings });
  const values = readSettings(shape, environment);
  const { STORE: store, INVITES_PER_HOUR: invitesPerHour, INVITATION_DAYS: days, ...mail } = values;
  const problems = [...(store.kind === 'dynamodb' ? [] : [NO_FILES]), ...mailProblems(mail), ...functionMailProblems(mail)];
  if (problems.length > 0 || store.kind !== 'dynamodb') throw new ConfigError(problems);
  const risk = riskConfig(values);
  return { table: store.table, mail: functionMailConfig(mail, invitesPerHour), risk, invitesPerHour, invitationDays: days };
}

const feedSettings = z.object({
  FEED_ENDPOINT: z.url({ error: 'must be the https URL of the connections of a WebSocket API of API Gateway' }),
});

/** The callback URL of the WebSocket API whose connections are the feed's on AWS. @throws ConfigError */
export function readFeedEndpoint(environment: Environment = process.env): string {
  return readSettings(feedSettings, environment).FEED_ENDPOINT;
}

/** The same, or undefined if there is no feed. @throws ConfigError */
export function findFeedEndpoint(environment: Environment = process.env): string | undefined {
  return environment['FEED_ENDPOINT'] === undefined ? undefined : readFeedEndpoint(environment);
}

const importSettings = z.object({
  IMPORT_QUEUE_URL: z.url({ error: 'must be the https URL of an SQS queue' }),
});

/** The queue of the import worker on AWS. @throws ConfigError */
export function readImportQueueUrl(environment: Environment = process.env): string {
  return readSettings(importSettings, environment).IMPORT_QUEUE_URL;
}

/** The same, or undefined if there is no import worker. @throws ConfigError */
export function findImportQueueUrl(environment: Environment = process.env): string | undefined {
  return environment['IMPORT_QUEUE_URL'] === undefined ? undefined : readImportQueueUrl(environment);
}

/** The X-Ray header of the running invocation: AWS sets this variable for each one. */
export function readXRayHeader(environment: Environment = process.env): string | undefined {
  return environment['_X_AMZN_TRACE_ID'];
}

/** Reads STORE only. @throws ConfigError */
export function readStoreConfig(environment: Environment = process.env): StoreSetting {
  const { STORE } = readSettings(settings.pick({ STORE: true }), environment);
  return withLocalClient(STORE, environment);
}

/** Parses a store given as an argument. @returns the error message if it is invalid */
export function readStoreNamed(name: string, environment: Environment = process.env): StoreSetting | string {
  const parsed = storeSetting.safeParse(name);
  return parsed.success ? withLocalClient(parsed.data, environment) : parsed.error.issues.map(({ message }) => message).join();
}

/** Adds a region and credentials for DynamoDB Local, which requires them but does not verify them. */
function withLocalClient(store: StoreSetting, environment: Environment): StoreSetting {
  if (store.kind !== 'dynamodb') return store;
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } =
    environment;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB || AWS_ENDPOINT_URL || '';
  if (!URL.canParse(endpoint) || !isLoopback(new URL(endpoint).hostname)) return store;
  const client = {
    endpoint,
    ...(!AWS_REGION && !AWS_DEFAULT_REGION && { region: 'local' }),
    ...(!AWS_ACCESS_KEY_ID && !AWS_PROFILE && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
  return { ...store, client };
}

/** Problems of settings that are valid separately. */
function combinationProblems(values: z.output<typeof settings>): string[] {
  const { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_CLIENT_ID, AUTH_CLIENT_SECRET, ALLOW_LOCAL_ISSUER } = values;
  const isForDevelopment = AUTH_ISSUER === undefined && !signsInByEmail(values);
  return [
    ...(AUTH_ISSUER !== undefined && AUTH_AUDIENCE === undefined
      ? ['AUTH_ISSUER needs AUTH_AUDIENCE: without it, tokens for other applications would be accepted']
      : []),
    ...(AUTH_ISSUER === undefined && AUTH_AUDIENCE !== undefined ? ['AUTH_AUDIENCE needs AUTH_ISSUER'] : []),
    ...(AUTH_CLIENT_ID !== undefined && AUTH_ISSUER === undefined ? ['AUTH_CLIENT_ID needs AUTH_ISSUER'] : []),
    ...(AUTH_CLIENT_SECRET !== undefined && AUTH_CLIENT_ID === undefined ? ['AUTH_CLIENT_SECRET needs AUTH_CLIENT_ID'] : []),
    ...operatorProblems(values),
    ...(isForDevelopment && ALLOW_LOCAL_ISSUER !== '1' ? exposures(values).map((found) => `${found}, and ${RISK}`) : []),
    ...mailProblems(values),
  ];
}

const RISK =
  'the local issuer issues tokens for any address to anyone. Set SMTP_URL and PUBLIC_URL for sign-in by e-mail, or AUTH_ISSUER and AUTH_AUDIENCE, or ALLOW_LOCAL_ISSUER=1 to allow that';

/** Settings with which others than developers on this machine reach the server, or get mail from it. */
function exposures({ HOST, PUBLIC_URL, TRUST_PROXY, CORS_ORIGINS, SMTP_URL, STORE }: z.output<typeof settings>): string[] {
  return [
    ...(isLoopback(HOST) ? [] : [`HOST ${HOST} is reachable from other hosts`]),
    ...(PUBLIC_URL === undefined || isLoopback(new URL(PUBLIC_URL).hostname) ? [] : [`PUBLIC_URL ${PUBLIC_URL} is public`]),
    ...(TRUST_PROXY === 0 ? [] : ['TRUST_PROXY is for requests from other hosts']),
    ...(CORS_ORIGINS.length === 0 ? [] : ['CORS_ORIGINS is for pages of other sites']),
    ...(SMTP_URL === undefined ? [] : ['SMTP_URL sends mail to real users']),
    ...(STORE.kind === 'dynamodb' ? ['STORE is shared'] : []),
  ];
}

function parseStore(text: string, context: z.RefinementCtx): StoreSetting {
  const [, kind, name = ''] = /^(sqlite|dynamodb):(.+)$/.exec(text) ?? [];
  if (kind === 'sqlite') return { kind, path: name };
  if (kind === 'dynamodb') return { kind, table: name, client: {} };
  context.addIssue({ code: 'custom', message: 'must be sqlite:FILE, sqlite::memory: or dynamodb:TABLE' });
  return z.NEVER;
}

function parseOrigins(text: string, context: z.RefinementCtx): string[] {
  const origins = text.split(/[\s,]+/).filter((origin) => origin !== '');
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    context.addIssue({ code: 'custom', message: `must be origins such as https://app.example.com, not "${origin}"` });
  }
  return origins;
}

function isIssuer(text: string | undefined): boolean {
  return text === undefined || (URL.canParse(text) && isSecure(new URL(text)));
}

const clientSettings = z.object({
  LENDING_URL: z.url({ error: 'must be a URL' }).optional(),
  LENDING_TOKEN: z.string().optional(),
  LENDING_CLIENT_ID: z.string().optional(),
  STORE: z.string().optional(),
});

/** Settings of the CLI. The token is not an argument, since other users of the machine can see arguments. */
export function readClientConfig(environment: Environment = process.env) {
  const { LENDING_URL: url, LENDING_TOKEN: token, LENDING_CLIENT_ID: clientId, STORE } = readSettings(clientSettings, environment);
  return { url, token, clientId, namesStore: STORE !== undefined };
}

/** Whether the CLI prints the stack trace of an unexpected error. Never fails, as it is for reporting errors. */
export function readDebug(environment: Environment = process.env): boolean {
  return environment['LENDING_DEBUG'] === '1';
}

/** How the CLI was started. */
export interface Invocation {
  /** Path of the script that was called, from `server/bin/lending.mjs`. */
  readonly script: string | undefined;
  /** Set by npm and npx. */
  readonly npmCommand: string | undefined;
  /** PATH. */
  readonly searchPath: string | undefined;
}

export function readInvocation(environment: Environment = process.env): Invocation {
  const { LENDING_SCRIPT: script, npm_command: npmCommand, PATH: searchPath } = environment;
  return { script, npmCommand, searchPath };
}

/** An empty variable counts as unset. */
function readSettings<Values>(schema: z.ZodType<Values>, environment: Environment): Values {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
  return parsed.data;
}
