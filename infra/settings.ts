import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Settings of a deployment, from the CDK's context (`cdk -c name=value`). */
export interface Settings {
  /** Part of every resource name, so that an account can have several deployments. */
  readonly stage: string;
  /** Undefined: the stack has a Cognito user pool. */
  readonly issuer: { readonly url: string; readonly audience: string } | undefined;
  /** Environment variables for the program, only those that are set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where browsers reach the console, if not at the stack's own address. Without a slash at the end. */
  readonly publicUrl: string | undefined;
  /** The console's own domain, with a certificate in us-east-1. */
  readonly consoleDomain: { readonly name: string; readonly certificateArn: string } | undefined;
  /** The ARN of a web ACL of AWS WAF for the console and the API behind it. */
  readonly webAcl: string | undefined;
  /** Undefined: no e-mail is sent. */
  readonly mail: MailSettings | undefined;
  readonly alarmEmail: string | undefined;
  /** Whether the table, the user pool and failed batches survive the deletion of the stack. */
  readonly retainData: boolean;
  /** Whether the table gets the secret of another store, by a copy, instead of its own at deployment. */
  readonly copyFirst: boolean;
  readonly logDays: RetentionDays;
  readonly throttles: Throttles;
  /** Concurrent executions that a function may have at most, and that no other function can take. */
  readonly reservedConcurrency: Readonly<Record<'api' | 'socket', number | undefined>>;
  /** Client errors of one kind in 5 minutes, above which an alarm is raised. */
  readonly clientErrorsMax: number;
  /** Folder with a bundle for each function, such as `api/`. Undefined: the output of `npm run build`. */
  readonly bundles: string | undefined;
}

export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** Throttles over all callers, each of other traffic: what one rejects takes nothing from the others. */
export interface Throttles {
  /** Requests that have no separate throttle. */
  readonly requests: Throttle;
  readonly graphql: Throttle;
  /** Uploads of files of lenders. */
  readonly imports: Throttle;
  /** Each page that needs no token. */
  readonly pages: Throttle;
  /** Sign-in, sessions and tickets of the console. */
  readonly auth: Throttle;
  /** Messages of the feed's connections. */
  readonly feed: Throttle;
}

interface MailSettings {
  /** Environment variables for the program, besides PUBLIC_URL. */
  readonly environment: Readonly<Record<string, string>>;
  /** The sender's address. */
  readonly address: string;
}

/** Values as text, whatever type `cdk.json` has. */
type Context = Readonly<Record<string, string | undefined>>;

/** Invalid settings, one a line. */
export class DeploymentError extends Error {
  constructor(problems: readonly string[]) {
    super(`Invalid deployment settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'DeploymentError';
  }
}

/** Settings of the program, with their environment variable. */
const PROGRAM_SETTINGS: Readonly<Record<string, { readonly variable: string; readonly check: Check }>> = {
  emailClaim: { variable: 'AUTH_EMAIL_CLAIM', check: matches(/^\S+$/, 'must be the name of a claim') },
  emailVerifiedClaim: { variable: 'AUTH_EMAIL_VERIFIED_CLAIM', check: matches(/^\S+$/, 'must be the name of a claim') },
  operatorClaim: { variable: 'AUTH_OPERATOR_CLAIM', check: matches(/^\S+$/, 'must be the name of a claim') },
  clientId: { variable: 'AUTH_CLIENT_ID', check: matches(/^[\x21-\x7e]+$/, 'must be a client id of the issuer, without spaces') },
  invitesPerHour: { variable: 'INVITES_PER_HOUR', check: whole(1, 1_000_000) },
  loansPerDay: { variable: 'LOANS_PER_DAY', check: whole(1, 1_000_000) },
  requestsPerSecond: { variable: 'REQUESTS_PER_SECOND', check: whole(0, 1_000_000) },
  invitationDays: { variable: 'INVITATION_DAYS', check: whole(1, 3650) },
  idempotencyHours: { variable: 'IDEMPOTENCY_HOURS', check: whole(1, 8760) },
  corsOrigins: { variable: 'CORS_ORIGINS', check: areOrigins },
  mail: { variable: 'MAIL', check: oneOf('off') },
  mailFrom: { variable: 'MAIL_FROM', check: isSender },
  mailLanguage: { variable: 'MAIL_LANGUAGE', check: oneOf('en', 'de') },
  mailsPerDay: { variable: 'MAILS_PER_DAY', check: whole(0, 100_000_000) },
  senderMailsPerDay: { variable: 'SENDER_MAILS_PER_DAY', check: whole(0, 100_000_000) },
  networkMailsPerDay: { variable: 'NETWORK_MAILS_PER_DAY', check: whole(0, 100_000_000) },
  domainMailsPerDay: { variable: 'DOMAIN_MAILS_PER_DAY', check: whole(0, 100_000_000) },
  pacing: { variable: 'PACING', check: oneOf('off') },
  risk: { variable: 'RISK', check: oneOf('off', 'shadow', 'enforce') },
  riskThreshold: {
    variable: 'RISK_THRESHOLD',
    check: matches(/^(?:0?\.\d{1,12}|1(?:\.0+)?)$/, 'must be a number above 0 and at most 1, such as 0.2'),
  },
  riskOnFailure: { variable: 'RISK_ON_FAILURE', check: oneOf('send', 'hold') },
  largeMailDomains: {
    variable: 'LARGE_MAIL_DOMAINS',
    check: matches(/^[\w.-]+\.[\w-]+(?:[\s,]+[\w.-]+\.[\w-]+)*$/, 'must be domains such as example.edu, with commas between'),
  },
};

/** What API Gateway grants an account in a region, for all its APIs. */
const BURST_MAX = 5000;

/** Settings of the stack. */
const STACK_SETTINGS: Readonly<Record<string, Check>> = {
  stage: matches(/^[a-z][a-z0-9-]{0,15}$/, 'must be at most 16 characters of a-z, 0-9 and -, starting with a letter'),
  issuer: isIssuer,
  audience: matches(/^\S+$/, 'must not hold spaces'),
  cognito: oneOf('true', 'false'),
  publicUrl: isPublicUrl,
  consoleDomain: matches(/^(?=.{1,253}$)(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+$/, 'must be a domain such as lending.example.com'),
  consoleCertificate: matches(
    /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    'must be the ARN of a certificate of ACM in us-east-1, where CloudFront takes it from',
  ),
  webAcl: matches(
    /^arn:aws[\w-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
    'must be the ARN of a web ACL of WAF for CloudFront, in us-east-1',
  ),
  alarmEmail: matches(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'),
  retainData: oneOf('true', 'false'),
  copyFirst: oneOf('true', 'false'),
  logDays: oneOf(...Object.values(RetentionDays).flatMap((days) => (typeof days === 'number' && days <= 3653 ? String(days) : []))),
  throttleRate: whole(1, 10_000),
  throttleBurst: whole(1, BURST_MAX),
  graphqlThrottleRate: whole(1, 10_000),
  importThrottleRate: whole(1, 10_000),
  pageThrottleRate: whole(1, 10_000),
  authThrottleRate: whole(1, 10_000),
  feedThrottleRate: whole(1, 10_000),
  reservedConcurrency: whole(1, 10_000),
  feedReservedConcurrency: whole(1, 10_000),
  clientErrorAlarm: whole(1, 1_000_000),
  bundles: () => undefined,
};

/** @returns the violation, if any */
type Check = (value: string) => string | undefined;

/** @throws DeploymentError with all violations */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const values = readContext(context);
  const violations = [...violationsOf(values), ...violationsBetween(values)];
  if (violations.length > 0) throw new DeploymentError(violations);
  const { issuer, audience, publicUrl, consoleDomain: name, consoleCertificate: certificateArn } = values;
  return {
    stage: values['stage'] ?? 'prod',
    issuer: issuer !== undefined && audience !== undefined ? { url: issuer, audience } : undefined,
    environment: environmentOf(values, Object.keys(PROGRAM_SETTINGS)),
    publicUrl: publicUrl === undefined ? undefined : withoutTrailingSlashes(publicUrl),
    consoleDomain: name !== undefined && certificateArn !== undefined ? { name, certificateArn } : undefined,
    webAcl: values['webAcl'],
    mail: mailSettings(values),
    alarmEmail: values['alarmEmail'],
    retainData: values['retainData'] !== 'false',
    copyFirst: values['copyFirst'] === 'true',
    logDays: Number(values['logDays'] ?? RetentionDays.ONE_MONTH),
    throttles: readThrottles(values),
    reservedConcurrency: {
      api: optionalNumber(values['reservedConcurrency']),
      socket: optionalNumber(values['feedReservedConcurrency']),
    },
    clientErrorsMax: Number(values['clientErrorAlarm'] ?? 100),
    bundles: values['bundles'],
  };
}

/** The rates of other traffic follow `throttleRate` where they are not set. */
function readThrottles(values: Context): Throttles {
  const ratePerSecond = Number(values['throttleRate'] ?? 200);
  const requests = { ratePerSecond, burst: Number(values['throttleBurst'] ?? Math.min(2 * ratePerSecond, BURST_MAX)) };
  const throttle = (name: string, part: number): Throttle => {
    const rate = Number(values[name] ?? Math.ceil(ratePerSecond * part));
    return { ratePerSecond: rate, burst: Math.min(2 * rate, BURST_MAX) };
  };
  return {
    requests,
    graphql: throttle('graphqlThrottleRate', 1 / 2),
    imports: throttle('importThrottleRate', 1 / 20),
    pages: throttle('pageThrottleRate', 1 / 4),
    auth: throttle('authThrottleRate', 1 / 4),
    feed: values['feedThrottleRate'] === undefined ? requests : throttle('feedThrottleRate', 1),
  };
}

function optionalNumber(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** What the functions that send mail need of the settings of the program. Limits of mail derive from that of invitations. */
const OF_MAIL = ['mailFrom', 'mailLanguage', 'invitesPerHour', 'mailsPerDay', 'senderMailsPerDay', 'networkMailsPerDay'];
const OF_DOMAINS = ['domainMailsPerDay', 'largeMailDomains', 'pacing'];
/** The functions score invitations with the model of the program: RISK_MODEL is for servers, which have files of the operator's. */
const OF_RISK = ['risk', 'riskThreshold', 'riskOnFailure'];

function mailSettings(values: Context): MailSettings | undefined {
  const { mail, mailFrom } = values;
  if (mail === 'off' || mailFrom === undefined) return undefined;
  // The console's users have addresses of CloudFront, which they share (docs/decisions/0064).
  const noNetworks = { networkMailsPerDay: '0', ...values };
  return { environment: environmentOf(noNetworks, [...OF_MAIL, ...OF_DOMAINS, ...OF_RISK]), address: parseAddress(mailFrom) };
}

function environmentOf(values: Context, names: readonly string[]): Readonly<Record<string, string>> {
  const entries = names.flatMap((name) => {
    const [value, variable] = [values[name], PROGRAM_SETTINGS[name]?.variable];
    return value === undefined || variable === undefined ? [] : [[variable, value]];
  });
  return Object.fromEntries(entries);
}

/** Skips the CDK's own context values, whose names have a colon, a slash, an @ or a hyphen. */
function readContext(context: Readonly<Record<string, unknown>>): Context {
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, value]) =>
      /^\w+$/.test(name) && value !== '' && value !== undefined ? [[name, String(value)]] : [],
    ),
  );
}

function violationsOf(values: Context): string[] {
  return Object.entries(values).flatMap(([name, value = '']) => {
    const check = STACK_SETTINGS[name] ?? PROGRAM_SETTINGS[name]?.check;
    // Otherwise a misspelt issuer would silently become a user pool.
    if (!check)
      return [
        `there is no setting "${name}"; there are ${[...Object.keys(STACK_SETTINGS), ...Object.keys(PROGRAM_SETTINGS)].join(', ')}`,
      ];
    const violation = check(value);
    return violation === undefined ? [] : [`${name} ${violation}, not "${value}"`];
  });
}

/** Settings that are valid alone but not together. */
function violationsBetween(values: Context): string[] {
  const { issuer, audience, cognito, publicUrl, consoleDomain, consoleCertificate, ...rest } = values;
  const claims = ['emailClaim', 'emailVerifiedClaim'].filter((name) => rest[name] !== undefined);
  const [hasIssuer, hasAudience, hasDomain, hasCertificate] = [issuer, audience, consoleDomain, consoleCertificate].map(
    (value) => value !== undefined,
  );
  const violations: readonly (readonly [boolean | undefined, string])[] = [
    [hasIssuer && !hasAudience, 'issuer needs audience: without it, tokens for other programs would be accepted'],
    [!hasIssuer && hasAudience, 'audience needs issuer'],
    [hasIssuer && cognito === 'true', 'cognito creates an issuer: set issuer and audience, or cognito'],
    [!hasIssuer && cognito === 'false', 'nobody could sign in: set issuer and audience, or cognito=true'],
    [
      !hasIssuer && rest['clientId'] !== undefined,
      'clientId needs issuer: a Cognito pool of the stack has a client for the console',
    ],
    [hasDomain && !hasCertificate, 'consoleDomain needs consoleCertificate: the ARN of its certificate in us-east-1'],
    [!hasDomain && hasCertificate, 'consoleCertificate needs consoleDomain'],
    [
      hasDomain && publicUrl !== undefined && withoutTrailingSlashes(publicUrl) !== `https://${consoleDomain}`,
      `publicUrl must be https://${consoleDomain}, or not set, with this consoleDomain`,
    ],
    [
      !hasIssuer && /aws|amazon|cognito/.test(rest['stage'] ?? ''),
      'stage is part of the address of Cognito’s sign-in pages, so it must not contain aws, amazon or cognito',
    ],
    ...claims.map((name) => [!hasIssuer, `${name} needs issuer: the claims of a Cognito pool have their usual names`] as const),
  ];
  return violations.flatMap(([isViolated, text]) => (isViolated ? [text] : []));
}

function matches(pattern: RegExp, violation: string): Check {
  return (value) => (pattern.test(value) ? undefined : violation);
}

function oneOf(...values: readonly string[]): Check {
  return (value) => (values.includes(value) ? undefined : `must be one of ${values.join(', ')}`);
}

function whole(from: number, to: number): Check {
  return (value) => {
    const isWhole = /^\d{1,9}$/.test(value) && Number(value) >= from && Number(value) <= to;
    return isWhole ? undefined : `must be a whole number from ${from} to ${to}`;
  };
}

function isIssuer(value: string): string | undefined {
  return URL.canParse(value) && new URL(value).protocol === 'https:' ? undefined : 'must be an https URL';
}

/** The address in `Name <address>`, normalized. */
function parseAddress(mailFrom: string): string {
  const [, inBrackets = mailFrom] = /<([^<>]*)>/.exec(mailFrom) ?? [];
  return inBrackets.trim().toLowerCase();
}

function isSender(value: string): string | undefined {
  const isSingle = /^(?:[^<>@"]*<[^<>]+>|"[^<>@"]*"\s*<[^<>]+>|[^<>]+)$/.test(value.trim());
  // SES identities, which the policy names, have domains in ASCII.
  const isAddress = /^[^\s@"]{1,64}@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}$/.test(parseAddress(value));
  return isSingle && isAddress ? undefined : 'must be an address, or Name <address>, with the domain in ASCII';
}

function isPublicUrl(value: string): string | undefined {
  const isPlain = value.length <= 200 && URL.canParse(value) && !/[?#@]/.test(value);
  return isPlain && new URL(value).protocol === 'https:'
    ? undefined
    : 'must be an https URL of at most 200 characters, without a query';
}

function areOrigins(value: string): string | undefined {
  const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;
  return value.split(/[\s,]+/).every(isOrigin) ? undefined : 'must be origins such as https://app.example.com, with commas between';
}

function withoutTrailingSlashes(url: string): string {
  return url.replace(/(?<!\/)\/+$/, ''); // each slash is read once
}
