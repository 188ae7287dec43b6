import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { createTransport } from './create-transport.ts';
import { sesTransport } from './ses.ts';

/* SES itself is not to be had here: a server on this machine takes what the SDK sends, and answers as SES documents it. */

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Answer {
  readonly status: number;
  readonly type?: string;
}

async function ses(answer: Answer | undefined, sendMsMax = 5000) {
  const requests: { path: string; body: string }[] = [];
  server = createServer(async (request, response) => {
    requests.push({ path: request.url ?? '', body: await text(request) });
    if (!answer) return;
    const headers = { 'Content-Type': 'application/json', ...(answer.type && { 'x-amzn-ErrorType': answer.type }) };
    response.writeHead(answer.status, headers);
    response.end(JSON.stringify(answer.type ? { message: 'ben@example.com is unfit' } : { MessageId: '1' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const post = sesTransport({ client: { endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials }, sendMsMax });
  return { post, requests };
}

describe('mail by SES', () => {
  it('is handed over as it was written', async () => {
    const { post, requests } = await ses({ status: 200 });
    await post.send(messageOf());
    await post.close();
    expect(requests.map(({ path }) => path)).toEqual(['/v2/email/outbound-emails']);
    const { FromEmailAddress, Destination, Content } = JSON.parse(requests[0]?.body ?? '');
    expect([FromEmailAddress, Destination]).toEqual(['post@lending.example.org', { ToAddresses: ['ben@example.com'] }]);
    const mail = await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64'));
    expect(mail).toMatchObject({ messageId: messageOf().messageId, subject: messageOf().subject });
  });

  it.each<[string, number, string]>([
    ['MessageRejected', 400, 'rejected'],
    ['BadRequestException', 400, 'rejected'],
    ['TooManyRequestsException', 429, 'unavailable'],
    ['SendingPausedException', 400, 'unavailable'],
    ['MailFromDomainNotVerifiedException', 400, 'unavailable'],
    ['AccessDeniedException', 403, 'unavailable'],
    ['InternalFailure', 500, 'unavailable'],
  ])('is tried once, and told apart where it fails: %s', async (type, status, kind) => {
    const { post, requests } = await ses({ status, type });
    const failure: unknown = await post.send(messageOf()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'PostError', kind, message: `SES did not take the mail: ${type} ${status}` });
    expect(requests).toHaveLength(1);
  });

  it('waits no longer than it may', async () => {
    const { post } = await ses(undefined, 300);
    await expect(post.send(messageOf())).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the post', () => {
  it('is opened as it is set, or not at all', async () => {
    const server = { host: '127.0.0.1', port: 1, tls: 'offered', auth: undefined } as const;
    for (const transport of [{ kind: 'smtp', server }, { kind: 'eml', folder: 'x' }, { kind: 'ses' }] as const) {
      await (await createTransport(transport))?.close();
    }
    expect(await createTransport({ kind: 'none' })).toBeUndefined();
  });
});
