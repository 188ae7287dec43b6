import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { csv, lines, upload } from '../../testing/app/import-helpers.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { EXPORTS_PER_USER_MAX } from './list-import-rows.ts';

const ROWS = 1000;

let testApp: TestApp;
let borrower: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
});

afterEach(() => testApp.close());

async function importOf(user: TestUser): Promise<string> {
  const { headers } = await upload(user, await user.postsLoan(), csv(...lines(ROWS)), '?mode=per_row');
  return headers.get('Location') ?? '';
}

const exportRows = (user: TestUser, path: string) => user.get(`${path}/rows`, { Accept: 'text/csv' });

describe('exportImportRows', () => {
  it('shares the event loop while it reads rows and while it writes them', async () => {
    const path = await importOf(borrower);
    const spend = vi.spyOn(testApp.app.services.budget, 'spend');
    const { status, text } = await exportRows(borrower, path);
    expect([status, text.split('\r\n').length]).toEqual([200, ROWS + 2]);
    const units = spend.mock.calls.map(([count]) => count);
    expect(Math.max(...units)).toBeLessThanOrEqual(200);
    expect(units.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2 * ROWS);
  });

  it('rejects a user’s exports above their maximum, and serves those of others', async () => {
    const other = await testApp.as('other@example.com');
    const [path, theirs] = [await importOf(borrower), await importOf(other)];
    const responses = Promise.all(Array.from({ length: EXPORTS_PER_USER_MAX + 1 }, () => exportRows(borrower, path)));
    const theirResponse = exportRows(other, theirs);
    const [rejected, ...served] = (await responses).toSorted((a, b) => b.status - a.status);
    expect([rejected?.status, ...served.map(({ status }) => status)]).toEqual([429, 200, 200]);
    expect([rejected?.headers.get('Retry-After'), rejected?.body.message]).toEqual([
      '1',
      'You have 2 exports under way, the most there may be. Please retry when one of them has ended.',
    ]);
    expect((await theirResponse).status).toBe(200);
    expect((await exportRows(borrower, path)).status).toBe(200);
  });
});
