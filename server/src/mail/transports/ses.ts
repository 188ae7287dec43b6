import { SESv2Client, type SESv2ClientConfig, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const SEND_MS_MAX = 10_000;
const CONNECT_MS_MAX = 2000;
/** What SES says of a mail that it will never take; the rest passes, or can be mended in the account. */
const FINAL = new Set(['BadRequestException', 'MessageRejected']);

export interface SesOptions {
  /** Where and as whom; what is left out the SDK finds by its own variables. */
  readonly client?: SESv2ClientConfig;
  readonly sendMsMax?: number;
}

/** Mail by Amazon SES. */
export function sesTransport({ client, sendMsMax = SEND_MS_MAX }: SesOptions = {}): MailTransport {
  const ses = new SESv2Client({
    ...client,
    maxAttempts: 1, // whoever sends counts the tries
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
        throw toPostError(thrown);
      }
    },
    async close() {
      ses.destroy();
    },
  };
}

function toPostError(thrown: unknown): MailTransportError {
  const name = thrown instanceof Error ? thrown.name : 'a fault';
  const { httpStatusCode } = thrown instanceof SESv2ServiceException ? thrown.$metadata : {};
  const said = [name, httpStatusCode].filter(Boolean).join(' ');
  return new MailTransportError(FINAL.has(name) ? 'rejected' : 'unavailable', `SES did not take the mail: ${said}`);
}
