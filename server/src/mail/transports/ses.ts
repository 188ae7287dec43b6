import { SESv2Client, type SESv2ClientConfig, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const SEND_MS_MAX = 10_000;
const CONNECT_MS_MAX = 2000;
/** Errors about the mail itself. Other errors are temporary, or are fixed in the AWS account. */
const REJECTIONS = new Set(['BadRequestException', 'MessageRejected']);

export interface SesOptions {
  /** Overrides what the SDK reads from its environment variables. */
  readonly client?: SESv2ClientConfig;
  readonly sendMsMax?: number;
}

/** Sends mail by Amazon SES. */
export function sesTransport({ client, sendMsMax = SEND_MS_MAX }: SesOptions = {}): MailTransport {
  const ses = new SESv2Client({
    ...client,
    maxAttempts: 1, // the mail sender retries
    requestHandler: { connectionTimeout: CONNECT_MS_MAX },
  });
  return {
    async send(message) {
      const command = new SendEmailCommand({
        FromEmailAddress: message.from.address,
        Destination: { ToAddresses: [message.to] },
        Content: { Raw: { Data: await mimeOf(message) } },
      });
      try {
        await ses.send(command, { abortSignal: AbortSignal.timeout(sendMsMax) });
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
  const reason = [name, httpStatusCode].filter(Boolean).join(' ');
  return new MailTransportError(REJECTIONS.has(name) ? 'rejected' : 'unavailable', `SES did not accept the mail: ${reason}`);
}
