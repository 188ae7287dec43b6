import * as z from 'zod';
import { isLoopback, isSecure } from '../auth/oidc-keys.ts';
import { type Mailbox, parseMailbox } from '../mail/message.ts';
import type { MailTransportConfig } from '../mail/transports/create-transport.ts';
import { parseSmtpUrl, SMTP_URL_RULE } from '../mail/transports/smtp-url.ts';

/* The settings of e-mail, as `config.ts` finds them. */

/** How mail is sent, and where its links lead. */
export interface MailSetting {
  /** Without a slash at its end. Undefined: where the server itself is found to listen. */
  readonly publicUrl: string | undefined;
  readonly from: Mailbox;
  readonly transport: MailTransportConfig;
}

const FOLDER = './data/mail';
/** Nobody gets mail there (RFC 2606). */
const SAMPLE_DOMAIN = 'example.com';
/** It stands in every mail, and in a header that can't be broken into lines. */
const PUBLIC_URL_LENGTH_MAX = 200;
const PUBLIC_URL_RULE =
  'must be an https URL of at most 200 characters without a query, such as https://lending.example.com, or http on a loopback address';

export const mailSettings = {
  SMTP_URL: z
    .string()
    .optional()
    .transform(parsedBy((text) => parseSmtpUrl(text, isLoopback), SMTP_URL_RULE)),
  MAIL_FROM: z.string().optional().transform(parsedBy(parseMailbox, 'must be an address, or Name <address>')),
  PUBLIC_URL: z.string().optional().transform(parsedBy(parsePublicUrl, PUBLIC_URL_RULE)),
};

type MailValues = z.output<z.ZodObject<typeof mailSettings>>;

/** Mail that no setting speaks of goes to files, for development. */
export function mailSettingOf(values: MailValues): MailSetting {
  const { SMTP_URL: server, PUBLIC_URL: publicUrl } = values;
  const from = senderOf(values) ?? senderAt(SAMPLE_DOMAIN);
  if (!from) throw new TypeError('the sample sender is no address');
  return {
    publicUrl,
    from,
    transport: server ? { kind: 'smtp', server } : { kind: 'eml', folder: FOLDER },
  };
}

/** A function has no disk, and SES at hand: it sends where it is told as whom, and where links lead. */
export function functionMailSetting(values: MailValues): MailSetting {
  const setting = mailSettingOf(values);
  if (setting.transport.kind === 'smtp') return setting;
  return { ...setting, transport: values.MAIL_FROM && values.PUBLIC_URL ? { kind: 'ses' } : { kind: 'none' } };
}

export function mailProblems(values: MailValues): string[] {
  const { SMTP_URL, PUBLIC_URL } = values;
  if (SMTP_URL === undefined) return [];
  if (PUBLIC_URL === undefined) return ['SMTP_URL needs PUBLIC_URL: the links in e-mail lead there'];
  return senderOf(values) ? [] : ['SMTP_URL needs MAIL_FROM: the address that e-mail comes from'];
}

export function functionMailProblems({ SMTP_URL, MAIL_FROM, PUBLIC_URL }: MailValues): string[] {
  if (SMTP_URL !== undefined || (MAIL_FROM === undefined) === (PUBLIC_URL === undefined)) return [];
  return [
    MAIL_FROM === undefined
      ? 'PUBLIC_URL needs MAIL_FROM: the address that Amazon SES sends e-mail from'
      : 'MAIL_FROM needs PUBLIC_URL: the links in e-mail lead there',
  ];
}

/** Where none is set: an address in the domain that the links lead to; on this machine, one that nobody has. */
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
  return isPlain && isSecure(url) ? url.href.replace(/\/+$/, '') : undefined;
}

/** Reads a setting that may be unset. */
function parsedBy<Value>(parse: (text: string) => Value | undefined, rule: string) {
  return (text: string | undefined, context: z.RefinementCtx): Value | undefined => {
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) context.addIssue({ code: 'custom', message: rule });
    return value;
  };
}
