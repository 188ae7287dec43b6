import PostalMime, { type Email } from 'postal-mime';
import { startFaultyServer } from '../client/src/testing/faulty-server.ts';
import { json } from '../client/src/testing/network-faults.ts';

/** A fake of Amazon SES, which accepts every mail until `state.rejects` is set. */
export async function startSes() {
  const mails: { readonly to: string; readonly mail: Email }[] = [];
  const tags: Readonly<Record<string, string>>[] = [];
  const state: { rejects: boolean } = { rejects: false };
  const { url, stop } = await startFaultyServer(async ({ text }) => {
    const { Destination, Content, EmailTags } = JSON.parse(text);
    tags.push(
      Object.fromEntries(EmailTags.map(({ Name, Value }: { readonly Name: string; readonly Value: string }) => [Name, Value])),
    );
    if (state.rejects) return json(400, { message: 'Email address is not verified.' }, { 'x-amzn-errortype': 'MessageRejected' });
    mails.push({ to: Destination.ToAddresses.join(), mail: await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64')) });
    return json(200, { MessageId: String(mails.length) });
  });
  /** For the environment of a function. */
  const settings = {
    MAIL_FROM: 'Lending <post@lending.example.org>',
    PUBLIC_URL: 'https://lending.example.org',
    AWS_ENDPOINT_URL_SESV2: url,
  };
  return {
    mails,
    /** Of each mail, also of those that it rejected. */
    tags,
    state,
    settings,
    close: stop,
  };
}
