import { expect, it } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { lenders, openTestApp } from '../../src/testing/app/test-app.ts';
import { tempFile } from '../../src/testing/process/temp-store.ts';

it('counts the hour’s invitations exactly for 50 concurrent requests on 50 loans through two processes', async () => {
  const path = tempFile();
  const apps = await Promise.all([1, 2].map(() => openTestApp({ store: openSqlite(path), config: { invitesPerHour: 61 } })));
  const borrowers = await Promise.all(apps.map((testApp) => testApp.as('borrower@example.com')));
  const [first] = borrowers;
  const loanIds = await Promise.all(Array.from({ length: 50 }, () => first?.postsLoan()));

  async function invite(loanId: string | undefined, index: number): Promise<number> {
    for (;;) {
      const response = await borrowers[index % 2]?.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 10) });
      if (response?.status !== 503) return response?.status ?? 0; // 503: too many version conflicts, retry
    }
  }
  const statuses = await Promise.all(loanIds.map(invite));

  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  const last = await first?.post(`/loans/${loanIds[0]}/lenders`, { lenders: lenders(1, 10, 'last') });
  const rejected = await first?.post(`/loans/${loanIds[0]}/lenders`, { lenders: lenders(1, 10, 'late') });
  expect([last?.status, rejected?.status, rejected?.body.retry_after, rejected?.headers.get('Retry-After')]).toEqual([
    200,
    429,
    2700,
    '2700',
  ]);
  await Promise.all(apps.map((testApp) => testApp.close()));
});
