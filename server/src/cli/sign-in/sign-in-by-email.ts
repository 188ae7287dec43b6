import { type AuthClient, LendingError, ValidationError } from '@private-lending/client';
import { showControls } from '../terminal-text.ts';
import type { Terminal } from './terminal.ts';

const SECONDS_PER_MINUTE = 60;

/**
 * Asks for an address and for the code that is sent to it, until one is right.
 * @param given the address, if it is known: then it is final
 * @returns a token @throws LendingError for what another code does not help against
 */
export async function signInByEmail(auth: AuthClient, terminal: Terminal, given: string | undefined): Promise<string> {
  let { challenge, email } = await requestFirstCode(auth, terminal, given);
  for (;;) {
    const code = await terminal.ask('Code (or "new" for another one): ');
    if (code === '') continue;
    if (/^new$/i.test(code)) {
      challenge = (await reportError(terminal, sendCode(auth, terminal, email))) ?? challenge;
      continue;
    }
    const signedIn = await reportError(terminal, auth.verifyCode({ challenge, code }));
    if (signedIn?.token !== undefined) return signedIn.token;
  }
}

async function requestFirstCode(auth: AuthClient, terminal: Terminal, given: string | undefined) {
  for (;;) {
    const email = given ?? (await terminal.ask('E-mail address: '));
    try {
      return { email, challenge: await sendCode(auth, terminal, email) };
    } catch (error) {
      if (given !== undefined || !(error instanceof ValidationError)) throw error;
      terminal.print(showControls(error.message));
    }
  }
}

async function sendCode(auth: AuthClient, terminal: Terminal, email: string): Promise<string> {
  const { challenge, expires_in } = await auth.requestCode(email);
  const minutes = Math.floor(expires_in / SECONDS_PER_MINUTE);
  terminal.print(`A code has been sent to ${showControls(email)}. It is valid for ${minutes} minutes.`);
  return challenge;
}

/** Prints an error after which the user may try again. The message of a wrong code has the tries left. */
async function reportError<T>(terminal: Terminal, call: PromiseLike<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const isTemporary = error instanceof LendingError && error.retryable;
    if (!(error instanceof ValidationError) && !isTemporary) throw error;
    const wait = error.retryAfter === undefined ? '' : ` Try again in ${Math.ceil(error.retryAfter)} seconds.`;
    terminal.print(showControls(error.message) + wait);
    return undefined;
  }
}
