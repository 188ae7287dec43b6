import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBackgroundConfig } from '../server/src/config/config.ts';
import { DeploymentError, readSettings } from './settings.ts';

const ISSUER = { issuer: 'https://login.example.com/pool', audience: 'lending' };

/** The violations in the error, one a line. */
const BACKGROUND = { STORE: 'dynamodb:lending', PUBLIC_URL: 'https://lending.example.org' };
const DOMAIN = {
  consoleDomain: 'lending.example.org',
  consoleCertificate: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef',
};
const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/lending/12345678-90ab-cdef-1234-567890abcdef';

function violationsOf(context: Readonly<Record<string, unknown>>): string[] {
  try {
    readSettings(context);
  } catch (error) {
    if (!(error instanceof DeploymentError)) throw error;
    const [heading, ...lines] = error.message.split('\n');
    expect(heading).toBe('Invalid deployment settings:');
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
  throw new Error('the settings are valid');
}

describe('readSettings', () => {
  it('defaults to a production stage with a user pool', () => {
    expect(readSettings({})).toEqual({
      stage: 'prod',
      issuer: undefined,
      environment: {},
      publicUrl: undefined,
      consoleDomain: undefined,
      webAcl: undefined,
      mail: undefined,
      alarmEmail: undefined,
      retainData: true,
      copyFirst: false,
      logDays: 30,
      throttles: {
        requests: { ratePerSecond: 200, burst: 400 },
        graphql: { ratePerSecond: 100, burst: 200 },
        imports: { ratePerSecond: 10, burst: 20 },
        pages: { ratePerSecond: 50, burst: 100 },
        auth: { ratePerSecond: 50, burst: 100 },
        feed: { ratePerSecond: 200, burst: 400 },
      },
      reservedConcurrency: { api: undefined, socket: undefined },
      clientErrorsMax: 100,
      bundles: undefined,
    });
  });

  it('reads values as text or as JSON types', () => {
    const given = { stage: 'test-2', ...ISSUER, alarmEmail: 'ops@example.com', retainData: false, copyFirst: true, logDays: '90' };
    const throttles = {
      throttleRate: 20,
      throttleBurst: '30',
      graphqlThrottleRate: 15,
      authThrottleRate: 7,
      feedThrottleRate: '4000',
    };
    const limits = { ...throttles, reservedConcurrency: '5', feedReservedConcurrency: 3, clientErrorAlarm: 7, bundles: '/build' };
    expect(readSettings({ ...given, ...limits })).toEqual({
      stage: 'test-2',
      issuer: { url: ISSUER.issuer, audience: ISSUER.audience },
      environment: {},
      publicUrl: undefined,
      consoleDomain: undefined,
      webAcl: undefined,
      mail: undefined,
      alarmEmail: 'ops@example.com',
      retainData: false,
      copyFirst: true,
      logDays: 90,
      throttles: {
        requests: { ratePerSecond: 20, burst: 30 },
        graphql: { ratePerSecond: 15, burst: 30 },
        imports: { ratePerSecond: 1, burst: 2 },
        pages: { ratePerSecond: 5, burst: 10 },
        auth: { ratePerSecond: 7, burst: 14 },
        // API Gateway has no greater burst.
        feed: { ratePerSecond: 4000, burst: 5000 },
      },
      reservedConcurrency: { api: 5, socket: 3 },
      clientErrorsMax: 7,
      bundles: '/build',
    });
  });

  it('passes settings of the program on as environment variables, only those that are set', () => {
    const claims = { emailClaim: 'mail', emailVerifiedClaim: 'mail_verified', operatorClaim: 'groups' };
    const { environment } = readSettings({
      ...ISSUER,
      ...claims,
      invitesPerHour: '50',
      loansPerDay: '60',
      requestsPerSecond: '0',
      corsOrigins: 'https://a.example.com',
    });
    expect(environment).toEqual({
      AUTH_EMAIL_CLAIM: 'mail',
      AUTH_EMAIL_VERIFIED_CLAIM: 'mail_verified',
      AUTH_OPERATOR_CLAIM: 'groups',
      INVITES_PER_HOUR: '50',
      LOANS_PER_DAY: '60',
      REQUESTS_PER_SECOND: '0',
      CORS_ORIGINS: 'https://a.example.com',
    });
  });

  it.each([
    ['post@example.org', 'post@example.org'],
    ['Private Lending <Post@Example.org>', 'post@example.org'],
    ['"Lending, Ltd." <post@mail.example.org>', 'post@mail.example.org'],
  ])('reads the sender of mail from %s', (mailFrom, address) => {
    const environment = { MAIL_FROM: mailFrom };
    expect(readSettings({ mailFrom })).toMatchObject({ environment, mail: { environment, address } });
    expect(readBackgroundConfig({ ...BACKGROUND, ...environment }).mail.from.address).toBe(address);
  });

  it('passes the language of mail to the functions that send it', () => {
    const settings = readSettings({ mailFrom: 'post@example.org', mailLanguage: 'de' });
    expect(readBackgroundConfig({ ...BACKGROUND, ...settings.mail?.environment }).mail.language).toBe('de');
    expect(() => readSettings({ mailLanguage: 'fr' })).toThrow('mailLanguage must be one of en, de, not "fr"');
  });

  it('passes how invitations are scored to the functions that send mail', () => {
    const given = { risk: 'enforce', riskThreshold: '0.3', riskOnFailure: 'hold' };
    const { mail } = readSettings({ mailFrom: 'post@example.org', ...given });
    expect(readBackgroundConfig({ ...BACKGROUND, ...mail?.environment }).risk).toEqual({
      mode: 'enforce',
      threshold: 0.3,
      modelFile: undefined,
      onFailure: 'hold',
    });
    expect(violationsOf({ risk: 'on', riskThreshold: '2', riskOnFailure: 'drop' })).toEqual([
      'risk must be one of off, shadow, enforce, not "on"',
      'riskThreshold must be a number above 0 and at most 1, such as 0.2, not "2"',
      'riskOnFailure must be one of send, hold, not "drop"',
    ]);
  });

  it('passes the limits of mail, and that of invitations, to the functions that send it', () => {
    const limits = { mailsPerDay: 9000, senderMailsPerDay: '300', networkMailsPerDay: 600, domainMailsPerDay: 40, pacing: 'off' };
    const { mail } = readSettings({ mailFrom: 'post@example.org', ...limits, largeMailDomains: 'uni.edu, acme.coop' });
    expect(readBackgroundConfig({ ...BACKGROUND, ...mail?.environment }).mail.limits).toEqual({
      inAll: 9000,
      isPaced: false,
      perSender: 300,
      perNetwork: 600,
      perDomain: 40,
      largeDomains: new Set(['uni.edu', 'acme.coop']),
    });
    const derived = readSettings({ mailFrom: 'post@example.org', invitesPerHour: 7 }).mail?.environment;
    const { limits: defaults } = readBackgroundConfig({ ...BACKGROUND, ...derived }).mail;
    expect(defaults).toMatchObject({ inAll: 50_000, perSender: 35, perNetwork: 0, perDomain: 200, isPaced: true });
    expect(violationsOf({ mailsPerDay: '-1', largeMailDomains: 'uni' })).toEqual([
      'mailsPerDay must be a whole number from 0 to 100000000, not "-1"',
      'largeMailDomains must be domains such as example.edu, with commas between, not "uni"',
    ]);
  });

  it('reads where browsers reach the console', () => {
    expect(readSettings({ publicUrl: 'https://lending.example.org//' }).publicUrl).toBe('https://lending.example.org');
    expect(readSettings({ ...DOMAIN, publicUrl: 'https://lending.example.org/', webAcl: WEB_ACL })).toMatchObject({
      consoleDomain: { name: DOMAIN.consoleDomain, certificateArn: DOMAIN.consoleCertificate },
      webAcl: WEB_ACL,
    });
  });

  it('ignores empty values and the context of the CDK', () => {
    expect(
      readSettings({ 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:x': true, 'cli-telemetry': false, issuer: '' }),
    ).toEqual(readSettings({}));
  });

  it('leaves mail out of the functions that send it with mail=off', () => {
    const settings = readSettings({ mail: 'off', mailFrom: 'post@example.org' });
    expect([settings.mail, settings.environment['MAIL']]).toEqual([undefined, 'off']);
    expect(readBackgroundConfig({ ...BACKGROUND, ...settings.environment }).mail.transport.kind).toBe('none');
    expect(() => readSettings({ mail: 'on' })).toThrow('mail must be one of off, not "on"');
  });

  it.each([
    [{ stage: 'Prod' }, 'stage must be at most 16 characters of a-z, 0-9 and -, starting with a letter, not "Prod"'],
    [{ stage: 'a-stage-that-is-long' }, 'stage must be at most 16 characters'],
    [{ issuer: ISSUER.issuer }, 'issuer needs audience: without it, tokens for other programs would be accepted'],
    [{ audience: 'lending' }, 'audience needs issuer'],
    [{ ...ISSUER, issuer: 'http://login.example.com' }, 'issuer must be an https URL'],
    [{ ...ISSUER, cognito: 'true' }, 'cognito creates an issuer'],
    [{ cognito: false }, 'nobody could sign in'],
    [{ cognito: 'yes' }, 'cognito must be one of true, false, not "yes"'],
    [{ emailClaim: 'mail' }, 'emailClaim needs issuer'],
    [{ clientId: 'console' }, 'clientId needs issuer'],
    [{ ...ISSUER, clientId: 'the console' }, 'clientId must be a client id of the issuer'],
    [{ alarmEmail: 'ops' }, 'alarmEmail must be an e-mail address, not "ops"'],
    [{ retainData: 'no' }, 'retainData must be one of true, false'],
    [{ logDays: '31' }, 'logDays must be one of 1, 3, 5, 7, 14, 30'],
    [{ logDays: '9999' }, 'logDays must be one of'],
    [{ throttleRate: '0' }, 'throttleRate must be a whole number from 1 to 10000'],
    [{ throttleBurst: '1.5' }, 'throttleBurst must be a whole number'],
    [{ reservedConcurrency: '-1' }, 'reservedConcurrency must be a whole number'],
    [{ feedReservedConcurrency: '0' }, 'feedReservedConcurrency must be a whole number from 1 to 10000'],
    [{ importThrottleRate: '0' }, 'importThrottleRate must be a whole number from 1 to 10000'],
    [{ clientErrorAlarm: '0' }, 'clientErrorAlarm must be a whole number from 1 to 1000000'],
    [{ invitesPerHour: '0' }, 'invitesPerHour must be a whole number from 1 to 1000000'],
    [{ invitationDays: '3651' }, 'invitationDays must be a whole number from 1 to 3650'],
    [{ idempotencyHours: 'x' }, 'idempotencyHours must be a whole number from 1 to 8760'],
    [{ corsOrigins: 'https://a.example.com/path' }, 'corsOrigins must be origins such as'],
    [{ consoleDomain: DOMAIN.consoleDomain }, 'consoleDomain needs consoleCertificate'],
    [{ consoleCertificate: DOMAIN.consoleCertificate }, 'consoleCertificate needs consoleDomain'],
    [{ ...DOMAIN, consoleDomain: 'https://lending.example.org' }, 'consoleDomain must be a domain such as lending.example.com'],
    [
      { ...DOMAIN, consoleCertificate: DOMAIN.consoleCertificate.replace('us-east-1', 'eu-central-1') },
      'consoleCertificate must be the ARN of a certificate of ACM in us-east-1',
    ],
    [
      { ...DOMAIN, publicUrl: 'https://example.org' },
      'publicUrl must be https://lending.example.org, or not set, with this consoleDomain',
    ],
    [{ webAcl: WEB_ACL.replace('global', 'regional') }, 'webAcl must be the ARN of a web ACL of WAF for CloudFront'],
    [{ authThrottleRate: '0' }, 'authThrottleRate must be a whole number from 1 to 10000'],
    [{ stage: 'aws-test' }, 'it must not contain aws, amazon or cognito'],
    [{ mailFrom: 'post', publicUrl: 'https://example.org' }, 'mailFrom must be an address, or Name <address>'],
    [{ mailFrom: 'post@bücher.example', publicUrl: 'https://example.org' }, 'mailFrom must be an address'],
    [{ mailFrom: 'a@example.org, b@example.org', publicUrl: 'https://example.org' }, 'mailFrom must be an address'],
    [{ mailFrom: 'post@example.org', publicUrl: 'http://example.org' }, 'publicUrl must be an https URL'],
    [{ mailFrom: 'post@example.org', publicUrl: 'https://example.org/?a=1' }, 'publicUrl must be an https URL'],
    [{ isuer: 'https://login.example.com' }, 'there is no setting "isuer"; there are stage, issuer, audience'],
  ])('rejects %j with the reason', (context, violation) => {
    expect(violationsOf(context)).toEqual([expect.stringContaining(violation)]);
  });

  it('has all its settings in docs/deploy.md', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../docs/deploy.md'), 'utf8');
    const [, rows = ''] = /\n\| setting \|.*\n.*\n((?:\|.*\n)+)/.exec(page) ?? [];
    const documented = rows
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    const [violation = ''] = violationsOf({ nothing: 'x' });
    const [, names = ''] = violation.split('there are ');
    expect(new Set(documented)).toEqual(new Set(names.split(', ')));
  });

  it('reports all violations at once', () => {
    expect(violationsOf({ stage: '1', audience: 'lending', logDays: 0 })).toHaveLength(3);
  });
});
