import type { Language } from '@private-lending/locale/languages';
import { auth } from '../../api/clients.ts';
import { type PendingSignIn, TRIES } from './pending-sign-in.ts';

/** Has a code sent. The response is the same whether or not the address is known. */
export async function requestCode(
  request: Pick<PendingSignIn, 'email' | 'name' | 'returnTo'>,
  language: Language,
): Promise<PendingSignIn> {
  const { challenge, expires_in: seconds } = await auth.requestCode(request.email, { language });
  const sentAt = Date.now();
  const { email, name, returnTo } = request;
  return { email, name, returnTo, challenge, sentAt, expiresAt: sentAt + seconds * 1000, triesLeft: TRIES };
}
