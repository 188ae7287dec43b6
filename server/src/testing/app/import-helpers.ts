import { type ImportId, parseImportId } from '../../domain/ids.ts';
import { runImportStep } from '../../usecases/imports/run-import-step.ts';
import type { Answer, Person, TestApp } from './test-app.ts';

/* A borrower's files, in a lab. */

/** A file as its lines. */
export function csv(...lines: readonly string[]): string {
  return ['email,contribution_amount,name', ...lines].map((line) => `${line}\n`).join('');
}

/** Lines for so many lenders, each with the same amount. */
export function lines(count: number, amount: number | string = 1, prefix = 'ann'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com,${amount},`);
}

/** Sends a file. @param query such as `?mode=per_row` */
export function upload(who: Person, loanId: string, file: string | Uint8Array, query = '', headers = {}): Promise<Answer> {
  return who.send('POST', `/loans/${loanId}/lenders/imports${query}`, {
    raw: file,
    headers: { 'Content-Type': 'text/csv', ...headers },
  });
}

/** An import's id, another one for each number. */
export function importIdFor(number: number): ImportId {
  const importId = parseImportId(`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`);
  if (!importId) throw new Error(`${number} is too large`);
  return importId;
}

/** Takes one step of an import. @returns how many it added; undefined where there was no step to take */
export async function runStep(testApp: Pick<TestApp, 'app'>, id: string): Promise<number | undefined> {
  const importId = parseImportId(id);
  if (!importId) throw new Error(`${id} is no import`);
  return (await runImportStep(testApp.app.services, importId))?.lendersAdded;
}

/** Takes steps until there is none to take by now. @returns how many it took */
export async function runToEnd(testApp: Pick<TestApp, 'app'>, id: string): Promise<number> {
  let steps = 0;
  while ((await runStep(testApp, id)) !== undefined) steps += 1;
  return steps;
}

/** All rows of an import, page by page. */
export async function rowsOf(who: Person, path: string, query = ''): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await who.get(`${path}/rows?limit=100${query}${cursor && `&cursor=${cursor}`}`);
    rows.push(...body.rows);
    if (body.next_cursor === null) return rows;
    cursor = body.next_cursor;
  }
}
