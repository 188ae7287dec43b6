import type { Answer, Person } from './test-app.ts';

/** Pages of a list that would never end, were its cursor to go round in circles. */
const PAGES_MAX = 1000;

/**
 * Reads a list from its first page to its last.
 * @param member of the answer that holds the rows
 * @param parameter that takes the cursor
 * @returns the rows of each page
 */
export async function readPages(person: Person, path: string, member: string, parameter = 'cursor'): Promise<Answer['body'][][]> {
  const pages: Answer['body'][][] = [];
  let query = '';
  while (pages.length < PAGES_MAX) {
    const { status, body } = await person.get(path + query);
    if (status !== 200) throw new Error(`page ${pages.length + 1} of ${path} answered ${JSON.stringify(body)}`);
    pages.push(body[member]);
    if (body.next_cursor === null) return pages;
    query = `${path.includes('?') ? '&' : '?'}${parameter}=${body.next_cursor}`;
  }
  throw new Error(`${path} has no end`);
}

/** The cursor behind the first page of a list that has more than one. */
export async function firstCursor(person: Person, path: string): Promise<string> {
  const { body } = await person.get(path);
  if (typeof body.next_cursor !== 'string') throw new Error(`${path} has one page only`);
  return body.next_cursor;
}
