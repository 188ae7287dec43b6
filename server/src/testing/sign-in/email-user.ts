import { readConfig } from '../../config/config.ts';
import type { SignInMail } from '../../domain/sign-in/email-challenge.ts';
import { found } from '../app/domain-fixtures.ts';
import { openTestApp, type TestApp, type TestAppOptions } from '../app/test-app.ts';

/** A test app in which users sign in by e-mail. No mail leaves it: `sentCode` has the codes. */
export async function openEmailTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { mail, signIn } = readConfig({ SMTP_URL: 'smtp://localhost', PUBLIC_URL: 'https://lending.example.org' });
  return openTestApp({ ...options, config: { ...options.config, mail, signIn } });
}

/** The mail with a code that was queued first, which is taken from the queue. */
export function takeMail({ app }: Pick<TestApp, 'app'>): SignInMail {
  const queue = found(app.signInMails, 'sign-in by e-mail');
  const mail = found(queue.take(), 'a mail with a code');
  queue.done();
  return mail;
}

/** Requests a code for an address. @returns what it takes to sign in */
export async function requestCode(testApp: TestApp, email: string, options: { readonly from?: string } = {}) {
  const { status, body } = await testApp.send('POST', '/auth/email', { ...options, body: { email } });
  if (status !== 202) throw new Error(`requesting a code failed: ${JSON.stringify(body)}`);
  return { challenge: String(body.challenge), code: takeMail(testApp).code };
}

/** Signs in by e-mail. @returns a client with the token, and what the sign-in has returned */
export async function signInByEmail(testApp: TestApp, email: string, name?: string) {
  const { status, body } = await testApp.post('/auth/email/verify', { ...(await requestCode(testApp, email)), name });
  if (status !== 200) throw new Error(`signing in failed: ${JSON.stringify(body)}`);
  return { ...testApp.withToken(String(body.token)), userId: String(body.user_id), expiresIn: Number(body.expires_in) };
}
