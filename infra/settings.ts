import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What one deployment is, as `cdk -c name=value` tells it. */
export interface Settings {
  /** Part of every name, so that an account can hold several. */
  readonly stage: string;
  /** Undefined: a Cognito user pool of the stack's own. */
  readonly issuer: { readonly url: string; readonly audience: string } | undefined;
  /** Settings of the program that are passed on as they are, under their own names; only those that were given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: no e-mail is sent. */
  readonly mail: MailSettings | undefined;
  readonly alarmEmail: string | undefined;
  /** Whether tearing down leaves the table, the user pool and what the stream could not handle. */
  readonly retainData: boolean;
  readonly logDays: RetentionDays;
  /** Of the gateway, for all callers together. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly reservedConcurrency: number | undefined;
  /** The folder that holds one for each function, `api/` and so on; undefined: what `npm run build` makes. */
  readonly bundles: string | undefined;
}

export interface MailSettings {
  /** The program's own settings of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** That it is sent from. */
  readonly address: string;
}

/** As text, whatever `cdk.json` holds them as. */
type Given = Readonly<Record<string, string | undefined>>;

/** Everything that must be mended before there is something to deploy, a line each. */
export class DeploymentError extends Error {
  constructor(problems: readonly string[]) {
    super(`This can't be deployed yet:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'DeploymentError';
  }
}

/** What the program calls a setting, and what it takes. */
const PASSED_ON: Readonly<Record<string, { readonly as: string; readonly check: Check }>> = {
  emailClaim: { as: 'AUTH_EMAIL_CLAIM', check: matches(/^\S+$/, 'must be the name of a claim') },
  emailVerifiedClaim: { as: 'AUTH_EMAIL_VERIFIED_CLAIM', check: matches(/^\S+$/, 'must be the name of a claim') },
  invitesPerHour: { as: 'INVITES_PER_HOUR', check: whole(1, 1_000_000) },
  invitationDays: { as: 'INVITATION_DAYS', check: whole(1, 3650) },
  idempotencyHours: { as: 'IDEMPOTENCY_HOURS', check: whole(1, 8760) },
  corsOrigins: { as: 'CORS_ORIGINS', check: areOrigins },
  mailFrom: { as: 'MAIL_FROM', check: isSender },
  publicUrl: { as: 'PUBLIC_URL', check: isPublicUrl },
};

const OWN: Readonly<Record<string, Check>> = {
  stage: matches(/^[a-z][a-z0-9-]{0,15}$/, 'must be at most 16 of a-z, 0-9 and -, beginning with a letter'),
  issuer: isIssuer,
  audience: matches(/^\S+$/, 'must not hold spaces'),
  cognito: oneOf('true', 'false'),
  alarmEmail: matches(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'),
  retainData: oneOf('true', 'false'),
  logDays: oneOf(...Object.values(RetentionDays).flatMap((days) => (typeof days === 'number' && days <= 3653 ? String(days) : []))),
  throttleRate: whole(1, 10_000),
  throttleBurst: whole(1, 5000),
  reservedConcurrency: whole(1, 10_000),
  bundles: () => undefined,
};

/** @returns what is wrong with the value, if anything */
type Check = (value: string) => string | undefined;

/**
 * Reads the settings from what the CDK calls context.
 * @throws DeploymentError with everything that needs mending
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const given = givenIn(context);
  const problems = [...problemsOf(given), ...problemsBetween(given)];
  if (problems.length > 0) throw new DeploymentError(problems);
  const { issuer, audience, reservedConcurrency } = given;
  return {
    stage: given['stage'] ?? 'prod',
    issuer: issuer !== undefined && audience !== undefined ? { url: issuer, audience } : undefined,
    environment: Object.fromEntries(
      Object.entries(PASSED_ON).flatMap(([name, { as }]) => {
        const value = given[name];
        return value === undefined ? [] : [[as, value]];
      }),
    ),
    mail: mailOf(given),
    alarmEmail: given['alarmEmail'],
    retainData: given['retainData'] !== 'false',
    logDays: Number(given['logDays'] ?? RetentionDays.ONE_MONTH),
    throttle: { ratePerSecond: Number(given['throttleRate'] ?? 200), burst: Number(given['throttleBurst'] ?? 400) },
    reservedConcurrency: reservedConcurrency === undefined ? undefined : Number(reservedConcurrency),
    bundles: given['bundles'],
  };
}

function mailOf({ mailFrom, publicUrl }: Given): MailSettings | undefined {
  if (mailFrom === undefined || publicUrl === undefined) return undefined;
  return { environment: { MAIL_FROM: mailFrom, PUBLIC_URL: publicUrl }, address: addressIn(mailFrom) };
}

/** The CDK keeps words of its own in the same place; they have a colon, a slash, an @ or a hyphen in them. */
function givenIn(context: Readonly<Record<string, unknown>>): Given {
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, value]) =>
      /^\w+$/.test(name) && value !== '' && value !== undefined ? [[name, String(value)]] : [],
    ),
  );
}

function problemsOf(given: Given): string[] {
  return Object.entries(given).flatMap(([name, value = '']) => {
    const check = OWN[name] ?? PASSED_ON[name]?.check;
    // A misspelt issuer must not quietly become a user pool of our own.
    if (!check) return [`there is no setting "${name}"; there are ${[...Object.keys(OWN), ...Object.keys(PASSED_ON)].join(', ')}`];
    const problem = check(value);
    return problem === undefined ? [] : [`${name} ${problem}, not "${value}"`];
  });
}

/** Settings that are right alone and wrong together. */
function problemsBetween({ issuer, audience, cognito, mailFrom, publicUrl, ...rest }: Given): string[] {
  const claims = ['emailClaim', 'emailVerifiedClaim'].filter((name) => rest[name] !== undefined);
  const isOwnPool = issuer === undefined;
  return [
    ...(issuer !== undefined && audience === undefined
      ? ['issuer needs audience: without it, tokens made for other programs would be taken']
      : []),
    ...(issuer === undefined && audience !== undefined ? ['audience needs issuer'] : []),
    ...(issuer !== undefined && cognito === 'true'
      ? ['cognito makes an issuer of its own: give issuer and audience, or cognito']
      : []),
    ...(issuer === undefined && cognito === 'false' ? ['nobody could sign in: give issuer and audience, or cognito=true'] : []),
    ...(mailFrom !== undefined && publicUrl === undefined ? ['mailFrom needs publicUrl: the links in e-mail lead there'] : []),
    ...(mailFrom === undefined && publicUrl !== undefined
      ? ['publicUrl needs mailFrom: the address that e-mail is sent from']
      : []),
    ...(isOwnPool ? claims.map((name) => `${name} needs issuer: a Cognito pool's claims have their usual names`) : []),
  ];
}

function matches(form: RegExp, otherwise: string): Check {
  return (value) => (form.test(value) ? undefined : otherwise);
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

/** The address in `Name <address>`, as the program compares addresses. */
function addressIn(mailFrom: string): string {
  return mailFrom
    .replace(/^.*<|>.*$/g, '')
    .trim()
    .toLowerCase();
}

function isSender(value: string): string | undefined {
  const isOne = /^(?:[^<>@"]*<[^<>]+>|"[^<>@"]*"\s*<[^<>]+>|[^<>]+)$/.test(value.trim());
  // SES knows a domain by its ASCII form, and rights are given to that.
  const isAddress = /^[^\s@"]{1,64}@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}$/.test(addressIn(value));
  return isOne && isAddress ? undefined : 'must be an address, or Name <address>, with the domain in ASCII';
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
