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

/** Opens a browser context of its own, signed in at the local issuer as the console does. */
export async function openConsoleUser(
  browser: Browser,
  { url, email, name, expected, viewport = { width: 1280, height: 800 } }: ConsoleUserOptions,
): Promise<ConsoleUser> {
  const context = await browser.newContext({ viewport, baseURL: url, locale: 'en-US', timezoneId: 'UTC' });
  const problems = await collectProblems(context, expected);
  const page = await context.newPage();
  await page.goto('/app/components');
  await signInLocally(page, { email, name });
  return { context, page, problems };
}

/** Starts a session in a page of the console. */
export async function signInLocally(
  page: Page,
  user: { readonly email: string; readonly name?: string | undefined },
): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const headers = { 'Content-Type': 'application/json', 'X-Lending-Console': '1' };
    return (await fetch('/local/token', { method: 'POST', headers, body: JSON.stringify(body) })).status;
  }, user);
  if (status !== 200) throw new Error(`POST /local/token responded with ${status}`);
}
