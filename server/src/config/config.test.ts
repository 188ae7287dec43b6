import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  findImportQueueUrl,
  readClientConfig,
  readConfig,
  readFeedEndpoint,
  readFunctionConfig,
  readImportQueueUrl,
  readStoreConfig,
  readStoreNamed,
  readXRayHeader,
} from './config.ts';

type Environment = Readonly<Record<string, string>>;

const ISSUER = { AUTH_ISSUER: 'https://login.example.com/pool', AUTH_AUDIENCE: 'lending' };

/** Settings that show that others can reach the server, each with what it requires. */
const EXPOSED: Readonly<Record<string, Environment>> = {
  HOST: { HOST: '0.0.0.0' },
  PUBLIC_URL: { PUBLIC_URL: 'https://lending.example.com' },
  TRUST_PROXY: { TRUST_PROXY: '1' },
  CORS_ORIGINS: { CORS_ORIGINS: 'http://localhost:5173' },
  SMTP_URL: { SMTP_URL: 'smtp://localhost' },
  STORE: { STORE: 'dynamodb:lending' },
};

/** The problems of an invalid configuration, one per line. */
function problemsOf(environment: Environment, read: (environment: Environment) => unknown = readConfig): string[] {
  try {
    read(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [heading, ...lines] = error.message.split('\n');
    expect(heading).toBe('Invalid configuration:');
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
  throw new Error('the settings are valid');
}

const DEFAULTS = {
  port: 3000,
  host: '127.0.0.1',
  store: { kind: 'sqlite', path: './data/lending.db' },
  signIn: { kind: 'local' },
  invitesPerHour: 200,
  loansPerDay: 100,
  requestsPerSecond: 50,
  invitationDays: 30,
  idempotencyHours: 24,
  trustedHops: 0,
  corsOrigins: [],
  metricsToken: undefined,
  mail: {
    publicUrl: undefined,
    from: { name: 'Private Lending', address: 'no-reply@example.com' },
    language: 'en',
    transport: { kind: 'eml', folder: './data/mail' },
  },
};

describe('readConfig', () => {
  it('has defaults', () => {
    expect(readConfig({})).toMatchObject(DEFAULTS);
  });

  it('treats empty settings as unset', () => {
    const names = ['PORT', 'HOST', 'STORE', 'AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_EMAIL_CLAIM', 'AUTH_EMAIL_VERIFIED_CLAIM'];
    const others = ['ALLOW_LOCAL_ISSUER', 'INVITES_PER_HOUR', 'REQUESTS_PER_SECOND', 'INVITATION_DAYS', 'IDEMPOTENCY_HOURS'];
    const last = [
      'LOANS_PER_DAY',
      'SMTP_URL',
      'MAIL_FROM',
      'MAIL_LANGUAGE',
      'PUBLIC_URL',
      'TRUST_PROXY',
      'CORS_ORIGINS',
      'METRICS_TOKEN',
      'AUTH_CLIENT_ID',
      'AUTH_CLIENT_SECRET',
      'FEED_URL',
    ];
    expect(readConfig(Object.fromEntries([...names, ...others, ...last].map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it('reads all settings', () => {
    const environment = {
      PORT: '0',
      HOST: '0.0.0.0',
      STORE: 'dynamodb:lending',
      ...ISSUER,
      AUTH_EMAIL_CLAIM: 'mail',
      AUTH_EMAIL_VERIFIED_CLAIM: 'mail_verified',
      AUTH_CLIENT_ID: 'console',
      AUTH_CLIENT_SECRET: 'a secret',
      FEED_URL: 'wss://feed.example.com/feed',
      INVITES_PER_HOUR: '7',
      LOANS_PER_DAY: '8',
      REQUESTS_PER_SECOND: '0',
      INVITATION_DAYS: '14',
      IDEMPOTENCY_HOURS: '48',
      TRUST_PROXY: '2',
      METRICS_TOKEN: '0123456789abcdef',
      PATH: '/usr/bin',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
    };
    expect(readConfig(environment)).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      store: { kind: 'dynamodb', table: 'lending' },
      signIn: {
        kind: 'oidc',
        issuer: 'https://login.example.com/pool',
        audience: 'lending',
        emailClaim: 'mail',
        emailVerifiedClaim: 'mail_verified',
        clientId: 'console',
        clientSecret: 'a secret',
      },
      feedUrl: 'wss://feed.example.com/feed',
      invitesPerHour: 7,
      loansPerDay: 8,
      requestsPerSecond: 0,
      invitationDays: 14,
      idempotencyHours: 48,
      trustedHops: 2,
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      metricsToken: '0123456789abcdef',
    });
  });

  it('defaults to the standard claim names of an issuer', () => {
    expect(readConfig(ISSUER).signIn).toMatchObject({ emailClaim: 'email', emailVerifiedClaim: 'email_verified' });
  });
});

describe('a DynamoDB store', () => {
  const STORE = 'dynamodb:lending';
  const at = 'http://127.0.0.1:8000';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

  it.each<[string, Environment, object]>([
    ['both on a loopback address', { AWS_ENDPOINT_URL_DYNAMODB: at }, { endpoint: at, region: 'local', credentials }],
    ['both with an endpoint for all services', { AWS_ENDPOINT_URL: at }, { endpoint: at, region: 'local', credentials }],
    [
      'only what is not set',
      { AWS_ENDPOINT_URL: 'https://x.example.com', AWS_ENDPOINT_URL_DYNAMODB: at, AWS_REGION: 'eu-west-1', AWS_PROFILE: '' },
      { endpoint: at, credentials },
    ],
    ['no credentials if there are some', { AWS_ENDPOINT_URL: at, AWS_ACCESS_KEY_ID: 'x' }, { endpoint: at, region: 'local' }],
    ['no credentials if there is a profile', { AWS_ENDPOINT_URL: at, AWS_PROFILE: 'x', AWS_DEFAULT_REGION: 'x' }, { endpoint: at }],
    ['nothing for a remote endpoint', { AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.eu-west-1.amazonaws.com' }, {}],
    ['nothing for an invalid URL', { AWS_ENDPOINT_URL: '127.0.0.1' }, {}],
    ['nothing without an endpoint', {}, {}],
  ])('gets a region and credentials for DynamoDB Local: %s', (_, environment, client) => {
    expect(readStoreConfig({ STORE, ...environment })).toEqual({ kind: 'dynamodb', table: 'lending', client });
    expect(readStoreNamed(STORE, environment)).toEqual({ kind: 'dynamodb', table: 'lending', client });
    expect(readConfig({ STORE, ALLOW_LOCAL_ISSUER: '1', ...environment }).store).toMatchObject({ client });
  });
});

describe('readStoreConfig and readStoreNamed', () => {
  it('read STORE even if other settings are invalid', () => {
    expect(readStoreConfig({ PORT: 'x' })).toEqual(DEFAULTS.store);
    expect(readStoreConfig({ STORE: 'sqlite:a.db' })).toEqual({ kind: 'sqlite', path: 'a.db' });
    expect(problemsOf({ STORE: 'a.db' }, readStoreConfig)).toEqual([
      'STORE must be sqlite:FILE, sqlite::memory: or dynamodb:TABLE',
    ]);
  });

  it('parse an argument, without a default', () => {
    expect(readStoreNamed('sqlite:a.db', {})).toEqual({ kind: 'sqlite', path: 'a.db' });
    for (const name of ['', 'a.db', 'sqlite:']) {
      expect(readStoreNamed(name, {})).toBe('must be sqlite:FILE, sqlite::memory: or dynamodb:TABLE');
    }
  });
});

describe('valid settings', () => {
  it.each([
    ['sqlite:./a b.db', { kind: 'sqlite', path: './a b.db' }],
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['sqlite:/var/lib/x:y.db', { kind: 'sqlite', path: '/var/lib/x:y.db' }],
  ])('accept the store %s', (STORE, store) => {
    expect(readConfig({ STORE }).store).toEqual(store);
  });

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('allow the local issuer on HOST %s', (HOST) => {
    expect(readConfig({ HOST })).toMatchObject({ host: HOST, signIn: { kind: 'local' } });
  });

  it('allow the local issuer where others can reach it with ALLOW_LOCAL_ISSUER', () => {
    const open = { ...Object.assign({}, ...Object.values(EXPOSED)), MAIL: 'off', ALLOW_LOCAL_ISSUER: '1' };
    expect(readConfig(open)).toMatchObject({ host: '0.0.0.0', signIn: { kind: 'local' }, trustedHops: 1 });
  });

  it.each(Object.entries(EXPOSED))('allow %s with an issuer', (_, environment) => {
    expect(readConfig({ ...ISSUER, PUBLIC_URL: 'https://lending.example.com', ...environment }).signIn.kind).toBe('oidc');
  });

  it('allow the local issuer with a PUBLIC_URL on this machine', () => {
    for (const PUBLIC_URL of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])
      expect(readConfig({ PUBLIC_URL }).signIn).toEqual({ kind: 'local' });
  });

  it('accept several audiences', () => {
    expect(readConfig({ ...ISSUER, AUTH_AUDIENCE: 'web, app' }).signIn).toMatchObject({ audience: 'web, app' });
  });

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000/realm', 'http://[::1]:9000'])('accept the loopback issuer %s', (url) => {
    expect(readConfig({ ...ISSUER, AUTH_ISSUER: url }).signIn).toMatchObject({ issuer: url });
  });

  it.each(Object.entries(EXPOSED))(
    'sign users in by e-mail, without ALLOW_LOCAL_ISSUER, where mail is sent: with %s',
    (_, environment) => {
      const mail = { SMTP_URL: 'smtp://localhost', PUBLIC_URL: 'https://lending.example.com' };
      for (const more of [{}, { ALLOW_LOCAL_ISSUER: '1' }, { ALLOW_LOCAL_ISSUER: '0' }])
        expect(readConfig({ ...mail, ...environment, ...more }).signIn).toEqual({ kind: 'email' });
      expect(readConfig({ ...mail, ...environment, ...ISSUER }).signIn.kind).toBe('oidc');
    },
  );

  it('accept a mail server with a public URL', () => {
    const mail = { SMTP_URL: 'smtp://localhost', PUBLIC_URL: 'https://lending.example.com' };
    expect(() => readConfig({ ...ISSUER, ...mail })).not.toThrow();
  });
});

describe('an invalid setting', () => {
  const wholeNumber = (from: number, to: number) => `must be a whole number from ${from} to ${to}`;
  const store = 'must be sqlite:FILE, sqlite::memory: or dynamodb:TABLE';
  const issuer = 'must be an https URL, or http on a loopback address';
  const feed = 'must be the wss URL of a feed on another host';

  it.each([
    ...['65536', '-1', '3000.5', '1e3', 'http', ' 3000', '0x10', '+1', '99999999999'].map((text) => [
      'PORT',
      text,
      wholeNumber(0, 65_535),
    ]),
    ...['0', '1000001', 'many'].map((text) => ['INVITES_PER_HOUR', text, wholeNumber(1, 1_000_000)]),
    ...['0', '1000001', 'many'].map((text) => ['LOANS_PER_DAY', text, wholeNumber(1, 1_000_000)]),
    ...['-1', '1000001'].map((text) => ['REQUESTS_PER_SECOND', text, wholeNumber(0, 1_000_000)]),
    ...['0', '3651'].map((text) => ['INVITATION_DAYS', text, wholeNumber(1, 3650)]),
    ...['0', '8761'].map((text) => ['IDEMPOTENCY_HOURS', text, wholeNumber(1, 8760)]),
    ...['-1', '17', 'true'].map((text) => ['TRUST_PROXY', text, wholeNumber(0, 16)]),
    ...['lending.db', 'sqlite:', 'dynamodb:', 'postgres:x', 'SQLITE:x'].map((text) => ['STORE', text, store]),
    ...['true', 'yes', '2'].map((text) => ['ALLOW_LOCAL_ISSUER', text, 'must be 1 or 0']),
    ['METRICS_TOKEN', '0123456789abcde', 'must have at least 16 characters'],
    ...['https://feed.example.com', 'ws://feed.example.com', 'feed'].map((text) => ['FEED_URL', text, feed]),
  ])('%s=%s is rejected with its rule', (name = '', text = '', rule = '') => {
    expect(problemsOf({ [name]: text })).toEqual([`${name} ${rule}`]);
  });

  it.each(['login.example.com', 'http://login.example.com', 'ftp://login.example.com', 'https://', 'http://127.0.0.1.example.com'])(
    'AUTH_ISSUER=%s is rejected, since anyone could replace its keys',
    (url) => {
      expect(problemsOf({ ...ISSUER, AUTH_ISSUER: url })).toEqual([`AUTH_ISSUER ${issuer}`]);
    },
  );

  it.each(['*', 'app.example.com', 'https://app.example.com/', 'https://app.example.com/x', 'null', 'HTTPS://app.example.com'])(
    'CORS_ORIGINS=%s is rejected',
    (origin) => {
      expect(problemsOf({ ...ISSUER, CORS_ORIGINS: `https://ok.example.com,${origin}` })).toEqual([
        `CORS_ORIGINS must be origins such as https://app.example.com, not "${origin}"`,
      ]);
    },
  );
});

describe('invalid combinations of settings', () => {
  const risk =
    'and the local issuer issues tokens for any address to anyone. Set SMTP_URL and PUBLIC_URL for sign-in by e-mail, or AUTH_ISSUER and AUTH_AUDIENCE, or ALLOW_LOCAL_ISSUER=1 to allow that';

  it.each([
    ['an issuer without an audience', { AUTH_ISSUER: ISSUER.AUTH_ISSUER }, /^AUTH_ISSUER needs AUTH_AUDIENCE: /],
    ['an issuer with an empty audience', { ...ISSUER, AUTH_AUDIENCE: '' }, /^AUTH_ISSUER needs AUTH_AUDIENCE: /],
    ['an audience without an issuer', { AUTH_AUDIENCE: 'lending' }, /^AUTH_AUDIENCE needs AUTH_ISSUER$/],
    ['a client id without an issuer', { AUTH_CLIENT_ID: 'console' }, /^AUTH_CLIENT_ID needs AUTH_ISSUER$/],
    ['a client secret without an id', { ...ISSUER, AUTH_CLIENT_SECRET: 'x' }, /^AUTH_CLIENT_SECRET needs AUTH_CLIENT_ID$/],
    ['a client id with a space', { ...ISSUER, AUTH_CLIENT_ID: 'a b' }, /^AUTH_CLIENT_ID must be a client id/],
    ['no audience', { ...ISSUER, AUTH_AUDIENCE: ', ' }, /^AUTH_AUDIENCE must be an audience/],
    ['a mail server without a public URL', { ...ISSUER, SMTP_URL: 'smtp://localhost' }, /^SMTP_URL needs PUBLIC_URL: /],
  ])('are rejected: %s', (_what, environment: Environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.1.example.com', 'localhost.example.com'])(
    'are rejected: the local issuer on %s',
    (HOST) => {
      const problem = `HOST ${HOST} is reachable from other hosts, ${risk}`;
      expect(problemsOf({ HOST })).toEqual([problem]);
      expect(problemsOf({ HOST, ALLOW_LOCAL_ISSUER: '0' })).toEqual([problem]);
    },
  );

  it.each(Object.entries(EXPOSED))('are rejected: the local issuer with %s', (name, environment) => {
    for (const allow of [{}, { ALLOW_LOCAL_ISSUER: '0' }, { ALLOW_LOCAL_ISSUER: '' }]) {
      const problems = problemsOf({ ...environment, ...allow }).filter(
        (problem) => !problem.startsWith('SMTP_URL needs PUBLIC_URL'),
      );
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${name} `)));
      for (const problem of problems) expect(problem).toMatch(new RegExp(`, ${risk}$`));
    }
  });
});

describe('several problems', () => {
  it('are all reported', () => {
    const environment = { PORT: 'x', STORE: 'y', INVITATION_DAYS: '0', CORS_ORIGINS: 'a b' };
    expect(problemsOf(environment).map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'STORE',
      'INVITATION_DAYS',
      'CORS_ORIGINS',
      'CORS_ORIGINS',
    ]);
  });

  it('are all reported for combinations', () => {
    const environment = { HOST: '0.0.0.0', STORE: 'dynamodb:lending', SMTP_URL: 'smtp://localhost', AUTH_AUDIENCE: 'x' };
    expect(problemsOf(environment)).toHaveLength(5);
  });
});

describe('readClientConfig', () => {
  it('has no defaults, and treats empty settings as unset', () => {
    const unset = { url: undefined, token: undefined, clientId: undefined, namesStore: false };
    expect(readClientConfig({})).toEqual(unset);
    expect(readClientConfig({ LENDING_URL: '', LENDING_TOKEN: '', LENDING_CLIENT_ID: '', STORE: '' })).toEqual(unset);
  });

  it('reads all settings', () => {
    const environment = { LENDING_URL: 'http://127.0.0.1:3000', LENDING_TOKEN: 'abc', LENDING_CLIENT_ID: 'cli', STORE: 's' };
    expect(readClientConfig(environment)).toEqual({
      url: 'http://127.0.0.1:3000',
      token: 'abc',
      clientId: 'cli',
      namesStore: true,
    });
  });

  it('rejects an invalid URL', () => {
    expect(problemsOf({ LENDING_URL: 'lending' }, readClientConfig)).toEqual(['LENDING_URL must be a URL']);
  });
});

describe('readFunctionConfig', () => {
  it('has the settings of a server with a table and an issuer', () => {
    const environment = { STORE: 'dynamodb:lending', INVITES_PER_HOUR: '7', ...ISSUER };
    expect(readFunctionConfig(environment)).toEqual({ ...readConfig(environment), table: 'lending', mail: expect.anything() });
  });

  it('requires a table and an issuer', () => {
    expect(problemsOf({ ALLOW_LOCAL_ISSUER: '1' }, readFunctionConfig)).toEqual([
      'STORE must be dynamodb:TABLE: a Lambda function has no lasting files',
      'AUTH_ISSUER and AUTH_AUDIENCE are not set: the local issuer is for development only',
    ]);
    expect(problemsOf({ ALLOW_LOCAL_ISSUER: '1', STORE: 'dynamodb:lending' }, readFunctionConfig)).toHaveLength(1);
    const byEmail = { SMTP_URL: 'smtp://localhost', PUBLIC_URL: 'https://lending.example.com', STORE: 'dynamodb:lending' };
    expect(problemsOf(byEmail, readFunctionConfig)).toEqual([expect.stringContaining('sign-in by e-mail needs a server')]);
    expect(problemsOf(ISSUER, readFunctionConfig)).toHaveLength(1);
    expect(problemsOf({ PORT: 'x' }, readFunctionConfig)).toEqual(['PORT must be a whole number from 0 to 65535']);
  });
});

describe('readXRayHeader', () => {
  it('reads the trace of the running invocation', () => {
    expect([readXRayHeader({}), readXRayHeader({ _X_AMZN_TRACE_ID: 'Root=1' })]).toEqual([undefined, 'Root=1']);
  });
});

describe('readFeedEndpoint', () => {
  it('requires a URL', () => {
    const FEED_ENDPOINT = 'https://id.execute-api.us-east-1.amazonaws.com/feed';
    expect(readFeedEndpoint({ FEED_ENDPOINT })).toBe(FEED_ENDPOINT);
    for (const environment of [{}, { FEED_ENDPOINT: '' }, { FEED_ENDPOINT: 'feed' }])
      expect(() => readFeedEndpoint(environment)).toThrow('FEED_ENDPOINT must be the https URL');
  });
});

describe('readImportQueueUrl and findImportQueueUrl', () => {
  const IMPORT_QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/imports';

  it('require a URL', () => {
    expect(readImportQueueUrl({ IMPORT_QUEUE_URL })).toBe(IMPORT_QUEUE_URL);
    for (const environment of [{}, { IMPORT_QUEUE_URL: '' }, { IMPORT_QUEUE_URL: 'imports' }])
      expect(() => readImportQueueUrl(environment)).toThrow('IMPORT_QUEUE_URL must be the https URL of an SQS queue');
  });

  it('allow no queue if it is optional, but no invalid URL', () => {
    expect([findImportQueueUrl({ IMPORT_QUEUE_URL }), findImportQueueUrl({})]).toEqual([IMPORT_QUEUE_URL, undefined]);
    expect(() => findImportQueueUrl({ IMPORT_QUEUE_URL: 'imports' })).toThrow('IMPORT_QUEUE_URL must be');
  });
});
