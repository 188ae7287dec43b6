import { describe, expect, it } from 'vitest';
import { fastClientOptions } from '../testing/fast-client.ts';
import { MailLinkClient } from './mail-link-client.ts';

/** Responds to each request with the next status, and then with 200. */
function mailLinkClient(...statuses: number[]) {
  const requests: Request[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    requests.push(new Request(input, init));
    const status = statuses.shift() ?? 200;
    return Response.json({ success: status === 200, error: 'SERVICE_UNAVAILABLE', message: 'm', retryable: true }, { status });
  };
  const { token: _, ...options } = fastClientOptions('https://lending.example.com/base').options;
  return { links: new MailLinkClient({ ...options, fetch }), requests };
}

describe('MailLinkClient', () => {
  it.each<[string, (links: MailLinkClient) => PromiseLike<unknown>, [string, string, object?]]>([
    ['readInvitation', (links) => links.readInvitation('T'), ['POST', 'mail/invitation', { token: 'T' }]],
    ['decline', (links) => links.decline('T'), ['POST', 'mail/decline', { token: 'T' }]],
    ['optOut', (links) => links.optOut('T'), ['POST', 'mail/opt-out', { token: 'T' }]],
    ['resume', (links) => links.resume(), ['DELETE', 'mail/opt-out']],
  ])('%s sends its request, the token in the body, and again if the server is busy', async (_, call, [method, path, body]) => {
    const { links, requests } = mailLinkClient(503);
    await call(links);
    expect(requests.map((request) => [request.method, request.url])).toEqual(
      Array(2).fill([method, `https://lending.example.com/base/${path}`]),
    );
    const text = (await requests[0]?.text()) ?? '';
    expect(text === '' ? undefined : JSON.parse(text)).toEqual(body);
    expect(requests[0]?.headers.get('X-Lending-Console')).toBe('1');
  });
});
