import type { BrowserContext } from 'playwright-core';

/** Chromium logs each response with such a status, also where the page handles it. */
const STATUS = /status of (\d+)/;

/**
 * Collects what no page of the console may cause: uncaught errors, violations of its policy, and messages in the browser's console.
 * To be called before a page is opened.
 * @param expected statuses that responses of the story have, and patterns of messages that it causes
 */
export async function collectProblems(
  context: BrowserContext,
  expected: { readonly statuses?: readonly number[]; readonly messages?: RegExp } = {},
): Promise<readonly string[]> {
  const problems: string[] = [];
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error('policy violation', violatedDirective, blockedURI))`);
  context.on('weberror', (error) => void problems.push(String(error.error())));
  context.on('console', (message) => {
    const text = message.text();
    const [, status] = STATUS.exec(text) ?? [];
    const isExpected = status === undefined ? expected.messages?.test(text) : expected.statuses?.includes(Number(status));
    if (!isExpected) problems.push(`${message.type()}: ${text}`);
  });
  context.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return problems;
}
