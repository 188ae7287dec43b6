import type { Browser, BrowserContext, Page } from 'playwright-core';
import { collectProblems } from './page-problems.ts';

export interface ConsoleUser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What its pages have done that none may do. */
  readonly problems: readonly string[];
}

interface ConsoleUserOptions {
  readonly url: string;
  readonly email: string;
  readonly name?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What the story causes. */
  readonly expected?: Parameters<typeof collectProblems>[1];
}

/** Of each action and wait. A page of a second has taken half a minute where other programs keep the machine busy. */
const ACTION_MS = 60_000;

/** Opens a browser context of its own, signed in at the local issuer as the console does. */
export async function openConsoleUser(
  browser: Browser,
  { url, email, name, expected, viewport = { width: 1280, height: 800 } }: ConsoleUserOptions,
): Promise<ConsoleUser> {
  const context = await browser.newContext({ viewport, baseURL: url, locale: 'en-US', timezoneId: 'UTC' });
  context.setDefaultTimeout(ACTION_MS);
  const problems = await collectProblems(context, expected);
  await signInLocally(context, { email, name });
  return { context, page: await context.newPage(), problems };
}

/** Starts a session as a page of the console would, without the time that a page takes. @param context with a `baseURL` */
export async function signInLocally(
  { request }: BrowserContext,
  user: { readonly email: string; readonly name?: string | undefined },
): Promise<void> {
  const headers = { 'X-Lending-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
  const response = await request.post('/local/token', { headers, data: user });
  if (response.status() !== 200) throw new Error(`POST /local/token responded with ${response.status()}`);
}

/** Amounts have a no-break space before their currency. */
export function withPlainSpaces(text: string | null): string | undefined {
  return text?.replaceAll('\u00a0', ' ');
}

/**
 * Leaves a page as that of a new browser, signed out. A new one would take two processes of the browser, at half a second of CPU time
 * each: more than most tests use.
 * @param page of a context with a `baseURL`
 */
export async function resetPage(page: Page): Promise<void> {
  await page.unrouteAll();
  await page.goto('/favicon.svg'); // has no script; about:blank would take another process
  await page.evaluate('localStorage.clear(); sessionStorage.clear()');
  await page.context().clearCookies();
}
