import type { TestResponse } from './response.ts';
import type { TestUser } from './test-user.ts';

/** Ends the test if cursors lead in a circle. */
const PAGES_MAX = 1000;

/**
 * Reads all pages of a list.
 * @param member of the response that has the rows
 * @param parameter for the cursor
 * @returns the rows of each page
 */
export async function readPages(user: TestUser, path: string, member: string, parameter = 'cursor') {
  const pages: TestResponse['body'][][] = [];
  let query = '';
  while (pages.length < PAGES_MAX) {
    const { status, body } = await user.get(path + query);
    if (status !== 200) throw new Error(`page ${pages.length + 1} of ${path} returned ${JSON.stringify(body)}`);
    pages.push(body[member]);
    if (body.next_cursor === null) return pages;
    query = `${path.includes('?') ? '&' : '?'}${parameter}=${body.next_cursor}`;
  }
  throw new Error(`${path} has no end`);
}

/** The cursor after the first page of a list with several pages. */
export async function firstCursor(user: TestUser, path: string): Promise<string> {
  const { body } = await user.get(path);
  if (typeof body.next_cursor !== 'string') throw new Error(`${path} has only one page`);
  return body.next_cursor;
}
