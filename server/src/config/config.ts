import * as z from 'zod';
import { isLoopback, isSecure } from '../auth/oidc-keys.ts';
import { functionMailProblems, functionMailSetting, mailProblems, mailSettingOf, mailSettings } from './mail.ts';

/** Where the data is. What `client` leaves out the AWS SDK finds by its own variables. */
export type StoreSetting =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'dynamodb'; readonly table: string; readonly client: DynamoDbClientSetting };

interface DynamoDbClientSetting {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Every setting of the program, read and checked. */
export type Config = ReturnType<typeof readConfig>;

/** Everything that is wrong with the settings, a line each. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`These settings need mending:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const storeName = z.string().transform(parseStore);

const settings = z.object({
  PORT: whole(0, 65_535, 3000),
  HOST: z.string().prefault('127.0.0.1'),
  STORE: storeName.prefault('sqlite:./data/lending.db'),
  AUTH_ISSUER: z.string().optional().refine(isIssuer, { error: 'must be an https URL, or http on a loopback address' }),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_EMAIL_CLAIM: z.string().prefault('email'),
  AUTH_EMAIL_VERIFIED_CLAIM: z.string().prefault('email_verified'),
  ALLOW_LOCAL_ISSUER: z.enum(['0', '1'], { error: 'must be 1 or 0' }).prefault('0'),
  INVITES_PER_HOUR: whole(1, 1_000_000, 200),
  REQUESTS_PER_SECOND: whole(0, 1_000_000, 50),
  INVITATION_DAYS: whole(1, 3650, 30),
  IDEMPOTENCY_HOURS: whole(1, 8760, 24),
  ...mailSettings,
  TRUST_PROXY: whole(0, 16, 0),
  CORS_ORIGINS: z.string().prefault('').transform(parseOrigins),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings: nothing else in the program looks at the environment.
 * @throws ConfigError with everything that needs mending
 */
export function readConfig(environment: Environment = process.env) {
  const values = readSettings(settings, environment);
  const problems = problemsBetween(values);
  if (problems.length > 0) throw new ConfigError(problems);
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = values;
  return {
    port: values.PORT,
    host: values.HOST,
    store: withClient(values.STORE, environment),
    /** Undefined: the local issuer, for development. */
    auth:
      issuer !== undefined && audience !== undefined
        ? { issuer, audience, emailClaim: values.AUTH_EMAIL_CLAIM, emailVerifiedClaim: values.AUTH_EMAIL_VERIFIED_CLAIM }
        : undefined,
    invitesPerHour: values.INVITES_PER_HOUR,
    requestsPerSecond: values.REQUESTS_PER_SECOND,
    invitationDays: values.INVITATION_DAYS,
    idempotencyHours: values.IDEMPOTENCY_HOURS,
    /** Proxies of ours in front of the program. */
    trustedHops: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
    metricsToken: values.METRICS_TOKEN,
    mail: mailSettingOf(values),
  } as const;
}

const NO_FILE = 'STORE must be dynamodb:TABLE: a function keeps no file';

/**
 * The settings of a function on AWS, which has no disk of its own and no other way in than one that everybody has.
 * @throws ConfigError with what needs mending first
 */
export function readFunctionConfig(environment: Environment = process.env) {
  const config = readConfig(environment);
  const { store, auth } = config;
  const mail = readSettings(z.object(mailSettings), environment);
  const problems = functionMailProblems(mail);
  if (store.kind === 'dynamodb' && auth && problems.length === 0)
    return { ...config, table: store.table, auth, mail: functionMailSetting(mail) };
  throw new ConfigError([
    ...(store.kind === 'dynamodb' ? [] : [NO_FILE]),
    ...(auth ? [] : ['AUTH_ISSUER and AUTH_AUDIENCE are not set, and the local issuer is for development']),
    ...problems,
  ]);
}

/**
 * The settings of a function that nobody calls from outside: it needs no issuer.
 * @throws ConfigError with what needs mending first
 */
export function readBackgroundConfig(environment: Environment = process.env) {
  const { STORE, INVITES_PER_HOUR, INVITATION_DAYS } = settings.shape;
  const shape = z.object({ STORE, INVITES_PER_HOUR, INVITATION_DAYS, ...mailSettings });
  const { STORE: store, INVITES_PER_HOUR: invitesPerHour, INVITATION_DAYS: days, ...mail } = readSettings(shape, environment);
  const problems = [...mailProblems(mail), ...functionMailProblems(mail)];
  if (store.kind === 'dynamodb' && problems.length === 0)
    return { table: store.table, mail: functionMailSetting(mail), invitesPerHour, invitationDays: days };
  throw new ConfigError([...(store.kind === 'dynamodb' ? [] : [NO_FILE]), ...problems]);
}

const feedSettings = z.object({
  FEED_ENDPOINT: z.url({ error: 'must be the https URL at which a WebSocket API of API Gateway has its connections' }),
});

/** Where the connections of the feed are, on AWS, where no process of ours holds them. @throws ConfigError */
export function readFeedEndpoint(environment: Environment = process.env): string {
  return readSettings(feedSettings, environment).FEED_ENDPOINT;
}

/** The same, for what only tells those who watch: undefined where nobody can. @throws ConfigError */
export function findFeedEndpoint(environment: Environment = process.env): string | undefined {
  return environment['FEED_ENDPOINT'] === undefined ? undefined : readFeedEndpoint(environment);
}

const importSettings = z.object({
  IMPORT_QUEUE_URL: z.url({ error: 'must be the https URL of an SQS queue' }),
});

/** Where messages go that have the steps of imports taken, on AWS. @throws ConfigError */
export function readImportQueueUrl(environment: Environment = process.env): string {
  return readSettings(importSettings, environment).IMPORT_QUEUE_URL;
}

/** The same, for what only hands imports on: undefined where nobody takes their steps. @throws ConfigError */
export function findImportQueueUrl(environment: Environment = process.env): string | undefined {
  return environment['IMPORT_QUEUE_URL'] === undefined ? undefined : readImportQueueUrl(environment);
}

/** The trace of the invocation under way: AWS sets this variable anew for each. */
export function readXRayHeader(environment: Environment = process.env): string | undefined {
  return environment['_X_AMZN_TRACE_ID'];
}

/** The store alone, for what needs nothing else. @throws ConfigError */
export function readStoreConfig(environment: Environment = process.env): StoreSetting {
  const { STORE } = readSettings(settings.pick({ STORE: true }), environment);
  return withClient(STORE, environment);
}

/** A store as an argument names it. @returns what is wrong with it, where something is */
export function readStoreNamed(name: string, environment: Environment = process.env): StoreSetting | string {
  const read = storeName.safeParse(name);
  return read.success ? withClient(read.data, environment) : read.error.issues.map(({ message }) => message).join();
}

/**
 * On this machine, DynamoDB is DynamoDB Local, which wants a region and credentials but does not look at them; so that
 * nobody has to invent any.
 */
function withClient(store: StoreSetting, environment: Environment): StoreSetting {
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

/** Settings that are right alone and wrong together. */
function problemsBetween(values: z.output<typeof settings>): string[] {
  const { AUTH_ISSUER, AUTH_AUDIENCE, ALLOW_LOCAL_ISSUER, HOST, STORE } = values;
  const isLocal = AUTH_ISSUER === undefined && ALLOW_LOCAL_ISSUER !== '1';
  const openness =
    'gives anybody a token for any address. Set AUTH_ISSUER and AUTH_AUDIENCE, or ALLOW_LOCAL_ISSUER=1 if that is meant';
  return [
    ...(AUTH_ISSUER !== undefined && AUTH_AUDIENCE === undefined
      ? ['AUTH_ISSUER needs AUTH_AUDIENCE: without it, tokens made for other programs would be taken']
      : []),
    ...(AUTH_ISSUER === undefined && AUTH_AUDIENCE !== undefined ? ['AUTH_AUDIENCE needs AUTH_ISSUER'] : []),
    ...(isLocal && !isLoopback(HOST) ? [`HOST ${HOST} can be reached from outside, and the local issuer ${openness}`] : []),
    ...(isLocal && STORE.kind === 'dynamodb' ? [`STORE is shared, and the local issuer ${openness}`] : []),
    ...mailProblems(values),
  ];
}

function whole(from: number, to: number, fallback: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .prefault(String(fallback))
    .transform(Number)
    .pipe(z.number().min(from, { error }).max(to, { error }));
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
});

/** What the command line takes from the environment rather than from its arguments, which other users can see. */
export function readClientConfig(environment: Environment = process.env) {
  const { LENDING_URL: url, LENDING_TOKEN: token } = readSettings(clientSettings, environment);
  return { url, token };
}

/** An empty variable counts as unset. */
function readSettings<Values>(schema: z.ZodType<Values>, environment: Environment): Values {
  const read = schema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')));
  if (!read.success) throw new ConfigError(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
  return read.data;
}
