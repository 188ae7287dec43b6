import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';

/** Settings with which mail is sent by SES. */
const MAIL = { MAIL_FROM: 'Lending <post@lending.example.org>', PUBLIC_URL: 'https://lending.example.org' };

/** Plays Amazon SES: takes every mail, until it is told to refuse them all. */
export async function startSes() {
  const mails: { readonly to: string; readonly mail: Email }[] = [];
  const state: { refuses: boolean } = { refuses: false };
  const server = createServer(async (request, response) => {
    const { Destination, Content } = JSON.parse(await text(request));
    if (state.refuses) {
      response.writeHead(400, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'MessageRejected' });
      response.end(JSON.stringify({ message: 'Email address is not verified.' }));
      return;
    }
    mails.push({ to: Destination.ToAddresses.join(), mail: await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64')) });
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ MessageId: String(mails.length) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    mails,
    state,
    /** For a function's environment. */
    settings: { ...MAIL, AWS_ENDPOINT_URL_SESV2: `http://127.0.0.1:${port}` },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
