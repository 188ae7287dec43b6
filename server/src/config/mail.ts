import { LANGUAGES, type Language } from '@private-lending/locale/languages';
import * as z from 'zod';
import { isLoopback, isSecure } from '../auth/loopback.ts';
import type { MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { type Mailbox, parseMailbox } from '../mail/message.ts';
import type { MailTransportConfig } from '../mail/transports/create-transport.ts';
import { parseSmtpUrl, SMTP_URL_RULE } from '../mail/transports/smtp-url.ts';
import { mailLimitSettings, mailLimitsOf } from './mail-limits.ts';

/* The mail part of `config.ts`. */

export interface MailConfig {
  /** The base of links, without a trailing slash. Undefined for the URL that the server listens on. */
  readonly publicUrl: string | undefined;
  readonly from: Mailbox;
  readonly language: Language;
  readonly transport: MailTransportConfig;
  readonly limits: MailLimits;
}

const FOLDER = './data/mail';
/** Reserved by RFC 2606. */
const SAMPLE_DOMAIN = 'example.com';
/** Links are also in a header that cannot be folded. */
const PUBLIC_URL_LENGTH_MAX = 200;
const PUBLIC_URL_RULE =
  'must be an https URL of at most 200 characters without a query, such as https://lending.example.com, or http on a loopback address';

export const mailSettings = {
  MAIL: z.literal('off', { error: 'must be off, or not set' }).optional(),
  SMTP_URL: z
    .string()
    .optional()
    .transform(parsedBy((text) => parseSmtpUrl(text, isLoopback), SMTP_URL_RULE)),
  MAIL_FROM: z.string().optional().transform(parsedBy(parseMailbox, 'must be an address, or Name <address>')),
  MAIL_LANGUAGE: z.enum(LANGUAGES, { error: `must be ${LANGUAGES.join(' or ')}` }).default(LANGUAGES[0]),
  PUBLIC_URL: z.string().optional().transform(parsedBy(parsePublicUrl, PUBLIC_URL_RULE)),
  ...mailLimitSettings,
};

/** Of functions on AWS. */
export const functionMailSettings = {
  ...mailSettings,
  SES_CONFIGURATION_SET: z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: 'must be the name of a configuration set of SES' })
    .optional(),
};

type MailValues = z.output<z.ZodObject<typeof mailSettings>>;
type FunctionMailValues = z.output<z.ZodObject<typeof functionMailSettings>>;

/** Without SMTP_URL, mail is written to files, for development. MAIL=off takes precedence over all other settings. */
export function mailConfig(values: MailValues, invitesPerHour: number): MailConfig {
  const { MAIL, SMTP_URL: server, PUBLIC_URL: publicUrl, MAIL_LANGUAGE: language } = values;
  const from = senderOf(values) ?? senderAt(SAMPLE_DOMAIN);
  if (!from) throw new TypeError('invalid sample sender');
  return {
    publicUrl,
    from,
    language,
    transport: MAIL === 'off' ? { kind: 'none' } : server ? { kind: 'smtp', server } : { kind: 'eml', folder: FOLDER },
    limits: mailLimitsOf(values, invitesPerHour),
  };
}

/** On Lambda, without SMTP_URL, mail is sent by SES if MAIL_FROM and PUBLIC_URL are set. */
export function functionMailConfig(values: FunctionMailValues, invitesPerHour: number): MailConfig {
  const config = mailConfig(values, invitesPerHour);
  if (config.transport.kind !== 'eml') return config;
  if (!values.MAIL_FROM || !values.PUBLIC_URL) return { ...config, transport: { kind: 'none' } };
  return { ...config, transport: { kind: 'ses', configurationSet: values.SES_CONFIGURATION_SET } };
}

export function mailProblems(values: MailValues): string[] {
  const { SMTP_URL, PUBLIC_URL } = values;
  if (SMTP_URL === undefined) return [];
  if (PUBLIC_URL === undefined) return ['SMTP_URL needs PUBLIC_URL: the base of links in e-mail'];
  return senderOf(values) ? [] : ['SMTP_URL needs MAIL_FROM: the sender of e-mail'];
}

/** PUBLIC_URL alone is for the console. */
export function functionMailProblems({ SMTP_URL, MAIL_FROM, PUBLIC_URL }: MailValues): string[] {
  const hasNoLinks = SMTP_URL === undefined && MAIL_FROM !== undefined && PUBLIC_URL === undefined;
  return hasNoLinks ? ['MAIL_FROM needs PUBLIC_URL: the base of links in e-mail'] : [];
}

/** By default an address at the host of PUBLIC_URL, or at a sample domain if that is this machine. */
function senderOf({ MAIL_FROM, PUBLIC_URL }: MailValues): Mailbox | undefined {
  if (MAIL_FROM !== undefined) return MAIL_FROM;
  const { hostname } = new URL(PUBLIC_URL ?? 'http://localhost');
  return senderAt(isLoopback(hostname) ? SAMPLE_DOMAIN : hostname);
}

function senderAt(domain: string): Mailbox | undefined {
  return parseMailbox(`Private Lending <no-reply@${domain}>`);
}

function parsePublicUrl(text: string): string | undefined {
  if (text.length > PUBLIC_URL_LENGTH_MAX || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && !/[?#]/.test(text);
  return isPlain && isSecure(url) ? withoutTrailingSlashes(url.href) : undefined;
}

function withoutTrailingSlashes(url: string): string {
  return url.endsWith('/') ? withoutTrailingSlashes(url.slice(0, -1)) : url;
}

/** A zod transform of an optional setting. */
function parsedBy<Value>(parse: (text: string) => Value | undefined, rule: string) {
  return (text: string | undefined, context: z.RefinementCtx): Value | undefined => {
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) context.addIssue({ code: 'custom', message: rule });
    return value;
  };
}
