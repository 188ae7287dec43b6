import { type ImportId, parseImportId } from '../../domain/ids.ts';
import { runImportStep } from '../../usecases/imports/run-import-step.ts';
import { found } from './domain-fixtures.ts';
import { readPages } from './read-pages.ts';
import type { TestResponse } from './response.ts';
import type { TestApp } from './test-app.ts';
import type { TestUser } from './test-user.ts';

/* Imports in a test app. */

/** A file with these lines under a header. */
export function csv(...lines: readonly string[]): string {
  return ['email,contribution_amount,name', ...lines].map((line) => `${line}\n`).join('');
}

/** Lines for `count` lenders with the same amount. */
export function lines(count: number, amount: number | string = 1, prefix = 'ann'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com,${amount},`);
}

/** @param query for example `?mode=per_row` */
export function upload(user: TestUser, loanId: string, file: string | Uint8Array, query = '', headers = {}): Promise<TestResponse> {
  return user.send('POST', `/loans/${loanId}/lenders/imports${query}`, {
    raw: file,
    headers: { 'Content-Type': 'text/csv', ...headers },
  });
}

/** Deterministic by number. */
export function importIdFor(number: number): ImportId {
  return found(parseImportId(`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`), number);
}

/** Runs one step of an import. @returns the number of lenders added; undefined where no step was due */
export async function runStep(testApp: Pick<TestApp, 'app'>, id: string): Promise<number | undefined> {
  return (await runImportStep(testApp.app.services, found(parseImportId(id), id)))?.lendersAdded;
}

/** Runs steps until none is due. @returns the number of steps */
export async function runToEnd(testApp: Pick<TestApp, 'app'>, id: string): Promise<number> {
  let steps = 0;
  while ((await runStep(testApp, id)) !== undefined) steps += 1;
  return steps;
}

/** Reads all rows of an import, page by page. */
export async function rowsOf(user: TestUser, path: string, query = ''): Promise<Record<string, unknown>[]> {
  return (await readPages(user, `${path}/rows?limit=100${query}`, 'rows')).flat();
}
