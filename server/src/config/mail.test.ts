import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig as readAnyConfig, readBackgroundConfig, readFunctionConfig } from './config.ts';

type Environment = Readonly<Record<string, string>>;

const SITE = 'https://lending.example.org';
const SMTP = { SMTP_URL: 'smtps://user:p%40ss@mail.example.org', PUBLIC_URL: SITE };
const AWS = { STORE: 'dynamodb:lending', AUTH_ISSUER: 'https://login.example.com', AUTH_AUDIENCE: 'lending' };

function readConfig(environment: Environment) {
  return readAnyConfig({ ALLOW_LOCAL_ISSUER: '1', ...environment });
}

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1).join('\n');
  }
  throw new Error('the settings are valid');
}

describe('readConfig mail settings', () => {
  it('default to files, and to links to the server’s own URL', () => {
    const { publicUrl, from, transport } = readConfig({}).mail;
    expect([publicUrl, from.address, transport]).toEqual([
      undefined,
      'no-reply@example.com',
      { kind: 'eml', folder: './data/mail' },
    ]);
  });

  it('send nothing with MAIL=off, whatever else is set', () => {
    for (const environment of [{}, SMTP, { MAIL_FROM: 'ana@example.org', PUBLIC_URL: SITE }]) {
      expect(readConfig({ MAIL: 'off', ...environment }).mail.transport).toEqual({ kind: 'none' });
    }
  });

  it.each(['on', 'OFF', '0', 'eml'])('reject MAIL=%s', (MAIL) => {
    expect(problemOf(() => readConfig({ MAIL }))).toBe('  - MAIL must be off, or not set');
    expect(problemOf(() => readBackgroundConfig({ STORE: AWS.STORE, MAIL }))).toBe('  - MAIL must be off, or not set');
  });

  it('are in the language of MAIL_LANGUAGE', () => {
    expect(readConfig({ MAIL_LANGUAGE: 'de' }).mail.language).toBe('de');
    expect(readBackgroundConfig({ STORE: AWS.STORE, MAIL_LANGUAGE: 'de' }).mail.language).toBe('de');
    expect(problemOf(() => readConfig({ MAIL_LANGUAGE: 'fr' }))).toBe('  - MAIL_LANGUAGE must be en or de');
  });

  it('have a mail server, a sender and a public URL', () => {
    expect(readConfig({ ...SMTP, MAIL_FROM: 'Lending <Mail@Example.org>' }).mail).toEqual({
      publicUrl: SITE,
      from: { name: 'Lending', address: 'mail@example.org' },
      language: 'en',
      transport: {
        kind: 'smtp',
        server: { host: 'mail.example.org', port: 465, tls: 'always', auth: { user: 'user', pass: 'p@ss' } },
      },
      limits: readConfig({}).mail.limits,
    });
  });

  it.each<[string, string, string | null]>([
    ['ana@example.com', 'ana@example.com', null],
    ['  Ana   Silva  <ana@example.com> ', 'ana@example.com', 'Ana   Silva'],
    ['"Silva, Ana" <ana@example.com>', 'ana@example.com', 'Silva, Ana'],
    ['<ana@bücher.example>', 'ana@xn--bcher-kva.example', null],
  ])('accept the sender %s', (MAIL_FROM, address, name) => {
    expect(readConfig({ MAIL_FROM }).mail.from).toEqual({ address, name });
  });

  it.each([
    'ana',
    'Ana ana@example.com',
    'Ana <ana@example.com',
    'a@b.example, c@d.example',
    'A"na <a@b.example>',
    'A\nB <a@b.example>',
  ])('reject the sender %j', (MAIL_FROM) => {
    expect(problemOf(() => readConfig({ MAIL_FROM }))).toBe('  - MAIL_FROM must be an address, or Name <address>');
  });

  it.each([
    [SITE, 'no-reply@lending.example.org'],
    ['http://127.0.0.1:3000', 'no-reply@example.com'],
  ])('default to a sender at the host of %s', (PUBLIC_URL, address) => {
    expect(readConfig({ SMTP_URL: 'smtp://localhost', PUBLIC_URL }).mail.from.address).toBe(address);
  });

  it('require a sender if PUBLIC_URL has an IP address', () => {
    expect(problemOf(() => readConfig({ ...SMTP, PUBLIC_URL: 'https://203.0.113.5' }))).toMatch(
      /^ {2}- SMTP_URL needs MAIL_FROM: /,
    );
  });

  it.each([
    ['https://lending.example.org/', SITE],
    ['https://Example.org/a/b//', 'https://example.org/a/b'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('accept the public URL %s', (PUBLIC_URL, publicUrl) => {
    expect(readConfig({ PUBLIC_URL }).mail.publicUrl).toBe(publicUrl);
  });

  it.each([
    ...['http://lending.example.org', 'lending.example.org', 'ftp://localhost', 'https://u:p@x.example', 'https://x.example/?a=1'],
    ...['https://x.example/#a', `https://x.example/${'a'.repeat(200)}`],
  ])('reject the public URL %s', (PUBLIC_URL) => {
    expect(problemOf(() => readConfig({ PUBLIC_URL }))).toMatch(/^ {2}- PUBLIC_URL must be an https URL/);
  });
});

describe('readConfig SMTP_URL', () => {
  it.each<[string, object]>([
    ['smtp://mail.example.org', { port: 587, tls: 'required', auth: undefined }],
    ['smtp://mail.example.org:25/?starttls=optional', { port: 25, tls: 'offered' }],
    ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, tls: 'offered' }],
    ['smtp://localhost', { tls: 'offered' }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, tls: 'offered' }],
    ['smtps://localhost:2525', { port: 2525, tls: 'always' }],
  ])('is parsed: %s', (SMTP_URL, server) => {
    expect(readConfig({ ...SMTP, SMTP_URL }).mail.transport).toMatchObject({ kind: 'smtp', server });
  });

  it.each([
    ...[
      'mail.example.org',
      'https://mail.example.org',
      'smtp:',
      'smtp://',
      'smtp://u@mail.example.org',
      'smtp://:p@mail.example.org',
    ],
    ...[
      'smtp://m.example/x',
      'smtp://m.example#x',
      'smtp://m.example?tls.rejectUnauthorized=false',
      'smtp://m.example?starttls=no',
    ],
    ...['smtps://m.example?starttls=optional', 'smtp://%zz:p@m.example'],
  ])('is rejected: %s', (SMTP_URL) => {
    const problem = problemOf(() => readConfig({ ...SMTP, SMTP_URL }));
    expect(problem).toMatch(/^ {2}- SMTP_URL must be smtps:/);
    expect(problem).not.toContain('zz');
  });
});

describe('mail settings on Lambda', () => {
  it.each<[string, Environment, string]>([
    ['SES, with a sender and a public URL', { MAIL_FROM: 'ana@example.org', PUBLIC_URL: SITE }, 'ses'],
    ['no transport, by default', {}, 'none'],
    ['no transport with only a public URL, for the console', { PUBLIC_URL: SITE }, 'none'],
    ['SMTP, with a mail server', SMTP, 'smtp'],
    ['no transport with MAIL=off and SES', { MAIL: 'off', MAIL_FROM: 'ana@example.org', PUBLIC_URL: SITE }, 'none'],
    ['no transport with MAIL=off and a mail server', { MAIL: 'off', ...SMTP }, 'none'],
  ])('select %s', (_, environment, kind) => {
    const { mail } = readFunctionConfig({ ...AWS, ...environment });
    expect(mail.transport.kind).toBe(kind);
    expect(readBackgroundConfig({ STORE: AWS.STORE, ...environment })).toMatchObject({ table: 'lending', mail });
  });

  it('have the mails of SES name a configuration set, where one is set', () => {
    const ses = { MAIL_FROM: 'ana@example.org', PUBLIC_URL: SITE };
    const transportOf = (SES_CONFIGURATION_SET: string) =>
      readBackgroundConfig({ STORE: AWS.STORE, ...ses, SES_CONFIGURATION_SET }).mail.transport;
    expect(transportOf('private-lending-prod')).toEqual({ kind: 'ses', configurationSet: 'private-lending-prod' });
    expect(transportOf('')).toEqual({ kind: 'ses' });
    expect(problemOf(() => transportOf('not a name'))).toMatch(/SES_CONFIGURATION_SET must be the name of a configuration set/);
  });

  it('are rejected with a sender but no public URL', () => {
    const problem = /MAIL_FROM needs PUBLIC_URL: /;
    expect(problemOf(() => readFunctionConfig({ ...AWS, MAIL_FROM: 'ana@example.org' }))).toMatch(problem);
    expect(problemOf(() => readBackgroundConfig({ STORE: AWS.STORE, MAIL_FROM: 'ana@example.org' }))).toMatch(problem);
  });

  it('are reported together with other problems of background work', () => {
    expect(problemOf(() => readBackgroundConfig({ SMTP_URL: SMTP.SMTP_URL }))).toMatch(
      /STORE must be dynamodb:TABLE.*\n.*SMTP_URL needs/,
    );
  });
});
