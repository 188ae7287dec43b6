import type { TestResponse } from './response.ts';
import type { TestUser } from './test-user.ts';

/** Ends the test if cursors lead in a circle. */
const PAGES_MAX = 1000;

/**
 * Reads all pages of a list, up to `next_cursor: null`, or for one without that, as of events, up to an empty page that
 * repeats its cursor, which is left out.
 * @param member of the response that has the rows
 * @param parameter for the cursor
 * @returns the rows of each page
 */
export async function readPages(user: TestUser, path: string, member: string, parameter = 'cursor') {
  const pages: TestResponse['body'][][] = [];
  let query = '';
  let cursor: string | undefined;
  while (pages.length < PAGES_MAX) {
    const { status, body } = await user.get(path + query);
    if (status !== 200) throw new Error(`page ${pages.length + 1} of ${path} returned ${JSON.stringify(body)}`);
    if (body.next_cursor === cursor && body[member].length === 0) return pages;
    pages.push(body[member]);
    if (body.next_cursor === null) return pages;
    cursor = body.next_cursor;
    query = `${path.includes('?') ? '&' : '?'}${parameter}=${cursor}`;
  }
  throw new Error(`${path} has no end`);
}

/** The cursor after the first page of a list with several pages. */
export async function firstCursor(user: TestUser, path: string): Promise<string> {
  const { body } = await user.get(path);
  if (typeof body.next_cursor !== 'string') throw new Error(`${path} has only one page`);
  return body.next_cursor;
}
