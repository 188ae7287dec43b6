import { readClientConfig } from '../../config/config.ts';
import { readUserEnvironment } from '../../config/user-environment.ts';
import { openCredentials, type SessionOptions, signInTarget } from '../api-client.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printResult } from '../output.ts';
import type { Credential } from '../sign-in/credentials-file.ts';
import { openBrowser } from '../sign-in/open-browser.ts';
import type { SignedOut } from '../sign-in/sign-out.ts';
import { openTerminal } from '../sign-in/terminal.ts';
import { showControls } from '../terminal-text.ts';

const URL_HELP = 'the server, also LENDING_URL; default: that of the last login, else http://127.0.0.1:3000';

interface LogoutOptions extends JsonOption, SessionOptions {
  readonly everywhere?: true;
}

interface LoginOptions extends JsonOption, SessionOptions {
  readonly email?: string;
  readonly device?: true;
}

/** login and logout. */
export function addSignInCommands(program: LendingCommand): void {
  program
    .command('login')
    .description('signs in at a server, as its users do: all commands use this login, without other options')
    .option('--url <url>', URL_HELP)
    .option('--email <address>', 'the address; without it, login asks for it')
    .option('--device', 'sign in with a browser on another device, where the server’s OpenID Connect issuer has that')
    .option('--json', 'print the result, or the error, as JSON')
    .example('login --url https://lending.example.com')
    .action(login);

  program
    .command('logout')
    .description('signs out at a server, and deletes the login from this machine')
    .option('--url <url>', URL_HELP)
    .option('--everywhere', 'end all sessions of the user, on other devices too')
    .option('--json', 'print the result, or the error, as JSON')
    .example('logout')
    .action(logout);
}

async function login({ email, device, json, url: named }: LoginOptions, command: LendingCommand): Promise<void> {
  const { url, createAuth, explain } = signInTarget({ url: named }, command);
  const environment = readUserEnvironment();
  const { signIn } = await import('../sign-in/sign-in.ts');
  try {
    const user = await signIn({
      url,
      email,
      usesDevice: device === true,
      clientId: readClientConfig().clientId,
      terminal: openTerminal(),
      file: openCredentials(),
      createAuth,
      openBrowser: (page) => openBrowser(page, environment),
      typed: command.typed,
    });
    printResult({ json }, { success: true, url, ...user }, () => print(describeUser(url, user)));
  } catch (error) {
    throw await explain(error);
  }
}

function describeUser(url: string, { email, expires_at }: Pick<Credential, 'email' | 'expires_at'>): string {
  return `Signed in at ${url} as ${showControls(email ?? 'a user without a verified address')}, until ${expires_at}.`;
}

async function logout({ everywhere, json, url: named }: LogoutOptions, command: LendingCommand): Promise<void> {
  const { url, createAuth, explain } = signInTarget({ url: named }, command);
  const { signOut } = await import('../sign-in/sign-out.ts');
  try {
    const result = await signOut({ url, everywhere: everywhere === true, file: openCredentials(), createAuth, clock: Date.now });
    printResult({ json }, { success: true, url, ...result }, () => print(describeSignOut(url, result)));
  } catch (error) {
    throw await explain(error);
  }
}

function describeSignOut(url: string, { signed_out, everywhere }: SignedOut): string {
  if (!signed_out) return `You are not signed in at ${url}.`;
  return everywhere ? `Signed out at ${url}, on all devices.` : `Signed out at ${url}.`;
}
