import PostalMime, { type Email } from 'postal-mime';
import { startFaultyServer } from '../client/src/testing/faulty-server.ts';
import { json } from '../client/src/testing/network-faults.ts';

/** A fake of Amazon SES, which accepts every mail until `state.rejects` is set. */
export async function startSes() {
  const mails: { readonly to: string; readonly mail: Email }[] = [];
  const state: { rejects: boolean } = { rejects: false };
  const { url, stop } = await startFaultyServer(async ({ text }) => {
    if (state.rejects) return json(400, { message: 'Email address is not verified.' }, { 'x-amzn-errortype': 'MessageRejected' });
    const { Destination, Content } = JSON.parse(text);
    mails.push({ to: Destination.ToAddresses.join(), mail: await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64')) });
    return json(200, { MessageId: String(mails.length) });
  });
  /** For the environment of a function. */
  const settings = {
    MAIL_FROM: 'Lending <post@lending.example.org>',
    PUBLIC_URL: 'https://lending.example.org',
    AWS_ENDPOINT_URL_SESV2: url,
  };
  return { mails, state, settings, close: stop };
}
