import { SESv2Client, type SESv2ClientConfig, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { needsSmtpUtf8 } from '../message.ts';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const SEND_MS_MAX = 10_000;
const CONNECT_MS_MAX = 2000;
/** Errors about the mail itself. Other errors are temporary, or are fixed in the AWS account. */
const REJECTIONS = new Set(['BadRequestException', 'MessageRejected']);
/** Errors before the request is sent. */
const NOT_SENT = new Set(['CredentialsProviderError', 'ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND']);
const SERVER_ERROR = 500;

export interface SesOptions {
  /** Overrides what the SDK reads from its environment variables. */
  readonly client?: SESv2ClientConfig;
  /** Has SES report bounces and complaints. Undefined: the default of the sender's identity. */
  readonly configurationSet?: string | undefined;
  readonly sendMsMax?: number;
}

/** Sends mail by Amazon SES. */
export function sesTransport({ client, configurationSet, sendMsMax = SEND_MS_MAX }: SesOptions = {}): MailTransport {
  const ses = new SESv2Client({
    ...client,
    maxAttempts: 1, // the mail sender retries
    requestHandler: { connectionTimeout: CONNECT_MS_MAX },
  });
  return {
    reportsBounces: true,
    async send(message, signal) {
      if (needsSmtpUtf8(message.to)) throw new MailTransportError('address-unsupported', 'SES does not support SMTPUTF8');
      const command = new SendEmailCommand({
        FromEmailAddress: message.from.address,
        Destination: { ToAddresses: [message.to] },
        Content: { Raw: { Data: mimeOf(message) } },
        ConfigurationSetName: configurationSet,
        EmailTags: Object.entries(message.tags ?? {}).map(([Name, Value]) => ({ Name, Value })),
      });
      try {
        const timeout = AbortSignal.timeout(sendMsMax);
        await ses.send(command, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      } catch (thrown) {
        throw toTransportError(thrown);
      }
    },
    async close() {
      ses.destroy();
    },
  };
}

function toTransportError(thrown: unknown): MailTransportError {
  const name = thrown instanceof Error ? thrown.name : 'unknown error';
  const { httpStatusCode } = thrown instanceof SESv2ServiceException ? thrown.$metadata : {};
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : name;
  const reason = [name, httpStatusCode].filter(Boolean).join(' ');
  // Without a response, and after an internal error, SES may have accepted it.
  const isHandedOver = httpStatusCode === undefined ? !NOT_SENT.has(name) && !NOT_SENT.has(code) : httpStatusCode >= SERVER_ERROR;
  const kind = REJECTIONS.has(name) ? 'rejected' : 'unavailable';
  return new MailTransportError(kind, `SES did not accept the mail: ${reason}`, { isHandedOver });
}
