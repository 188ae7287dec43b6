import { text } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emailOf, lenderOf } from '../../testing/app/domain-fixtures.ts';
import { respond, startHttpServer } from '../../testing/http-server.ts';
import { ANAS_LOAN, BEN, messageOf } from '../../testing/mail/mail-fixtures.ts';
import { createTransport } from './create-transport.ts';
import { type SesOptions, sesTransport } from './ses.ts';

/** A transport to a fake of SES. @param status no response if undefined */
async function openTransport(
  status: number | undefined,
  { errorType, ...options }: Omit<SesOptions, 'client'> & { readonly errorType?: string } = {},
) {
  const requests: { path: string; body: string }[] = [];
  const { url, close } = await startHttpServer(async (request, response) => {
    requests.push({ path: request.url ?? '', body: await text(request) });
    if (status === undefined) return;
    respond(response, status, errorType === undefined ? { MessageId: '1' } : { message: 'ben@example.com is invalid' }, errorType);
  });
  onTestFinished(close);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const transport = sesTransport({ client: { endpoint: url, region: 'eu-west-1', credentials }, sendMsMax: 5000, ...options });
  return { transport, requests };
}

describe('sesTransport', () => {
  it('sends a mail unchanged', async () => {
    const { transport, requests } = await openTransport(200);
    await transport.send(messageOf());
    await transport.close();
    expect(requests.map(({ path }) => path)).toEqual(['/v2/email/outbound-emails']);
    const { FromEmailAddress, Destination, Content } = JSON.parse(requests[0]?.body ?? '');
    expect([FromEmailAddress, Destination]).toEqual(['mail@lending.example.org', { ToAddresses: ['ben@example.com'] }]);
    const mail = await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64'));
    expect(mail).toMatchObject({ messageId: messageOf().messageId, subject: messageOf().subject });
  });

  it('names the configuration set and the tags of the mail, by which SES reports bounces', async () => {
    const { transport, requests } = await openTransport(200, { configurationSet: 'private-lending-prod' });
    const message = messageOf();
    await transport.send(message);
    await transport.send({ ...message, tags: {} });
    const [tagged, untagged] = requests.map(({ body }) => JSON.parse(body));
    expect(tagged).toMatchObject({
      ConfigurationSetName: 'private-lending-prod',
      EmailTags: [
        { Name: 'mail', Value: 'mail-1' },
        { Name: 'kind', Value: 'invitation' },
        { Name: 'loan', Value: ANAS_LOAN.loanId },
        { Name: 'lender', Value: BEN.lenderId },
      ],
    });
    expect(untagged.EmailTags).toEqual([]);
    expect(JSON.stringify(tagged.EmailTags)).not.toContain('@');
  });

  it.each<[string, number, string]>([
    ['MessageRejected', 400, 'rejected'],
    ['BadRequestException', 400, 'rejected'],
    ['TooManyRequestsException', 429, 'unavailable'],
    ['SendingPausedException', 400, 'unavailable'],
    ['MailFromDomainNotVerifiedException', 400, 'unavailable'],
    ['AccessDeniedException', 403, 'unavailable'],
    ['InternalFailure', 500, 'unavailable'],
  ])('sends once and maps %s (%i) to an error that is %s', async (errorType, status, kind) => {
    const { transport, requests } = await openTransport(status, { errorType });
    const error: unknown = await transport.send(messageOf()).catch((thrown: unknown) => thrown);
    const message = `SES did not accept the mail: ${errorType} ${status}`;
    expect(error).toMatchObject({ name: 'MailTransportError', kind, message });
    expect(requests).toHaveLength(1);
  });

  it('sends no mail to an address that needs SMTPUTF8, which SES lacks', async () => {
    const { transport, requests } = await openTransport(200);
    const message = messageOf({}, lenderOf('ben', { email: emailOf('jürgen@example.com') }));
    await expect(transport.send(message)).rejects.toMatchObject({ kind: 'address-unsupported', isHandedOver: false });
    expect(requests).toEqual([]);
    await transport.send(messageOf({}, lenderOf('ben', { email: emailOf('ben@bücher.example') })));
    expect(JSON.parse(requests[0]?.body ?? '').Destination).toEqual({ ToAddresses: ['ben@xn--bcher-kva.example'] });
  });

  it.each<[string, number | undefined, boolean]>([
    ['TooManyRequestsException', 429, false],
    ['InternalFailure', 500, true],
    ['no response', undefined, true],
  ])('reports whether SES may have accepted the mail: %s', async (errorType, status, isHandedOver) => {
    const { transport } = await openTransport(status, { errorType, sendMsMax: 300 });
    await expect(transport.send(messageOf())).rejects.toMatchObject({ isHandedOver });
  });

  it('has handed nothing over where SES can not be reached', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const transport = sesTransport({ client: { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', credentials } });
    await expect(transport.send(messageOf())).rejects.toMatchObject({ kind: 'unavailable', isHandedOver: false });
  });

  it('throws unavailable when SES does not respond in time', async () => {
    const { transport } = await openTransport(undefined, { sendMsMax: 300 });
    await expect(transport.send(messageOf())).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('createTransport', () => {
  it('opens the configured transport, or none', async () => {
    const server = { host: '127.0.0.1', port: 1, tls: 'offered', auth: undefined } as const;
    for (const config of [{ kind: 'smtp', server }, { kind: 'eml', folder: 'x' }, { kind: 'ses' }] as const) {
      await (await createTransport(config))?.close();
    }
    expect(await createTransport({ kind: 'none' })).toBeUndefined();
  });
});
