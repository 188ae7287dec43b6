import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openForWriting } from '../../src/storage/sqlite/connection.ts';
import { lastLine } from '../../src/testing/app/log-lines.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { openedSqlite, tempFile } from '../../src/testing/process/temp-store.ts';
import { tinyDisk } from '../../src/testing/process/tiny-disk.ts';

/** An app on a file. Health checks and reads of the file are never cached. */
async function openOn(path: string) {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const testApp = await openTestApp({ store: openedSqlite(path), config: { loansPerDay: 1_000_000 } });
  const ana = await testApp.as('ana@example.com');
  const loan = { amount: 20_000, interest_rate: 4.5, term_months: 36, purpose: 'x'.repeat(500) };
  return {
    testApp,
    createLoan: () => ana.post('/loans', loan),
    async ready(): Promise<[number, unknown]> {
      vi.advanceTimersByTime(1000);
      const { status, body } = await testApp.get('/health/ready');
      return [status, body.message];
    },
  };
}

describe('GET /health/ready on a SQLite file', () => {
  it('fails with the reason while the disk is full, and recovers once there is room', async (context) => {
    const folder = tinyDisk(context);
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(500_000));
    const { createLoan, ready, testApp } = await openOn(join(folder, 'lending.db'));
    const linesAbout = (msg: string) => testApp.logged.filter((line) => JSON.parse(line).msg === msg).length;
    expect(await ready()).toEqual([200, undefined]);
    let failed = await createLoan();
    while (failed.status === 201) failed = await createLoan();
    expect(failed.status).toBe(503);
    expect(await ready()).toEqual([503, expect.stringContaining("the store can't be written (database or disk is full)")]);
    rmSync(join(folder, 'ballast'));
    expect(await ready()).toEqual([200, undefined]);
    expect((await createLoan()).status).toBe(201);
    expect([linesAbout("the store can't be written"), linesAbout('the store can be written again')]).toEqual([1, 1]);
  });

  it('fails with the reason while the file has the format of a newer program', async () => {
    const path = tempFile();
    const { createLoan, ready } = await openOn(path);
    const setFormat = (format: number) => {
      const other = openForWriting(path);
      other.pragma(`user_version = ${format}`);
      other.close();
    };
    setFormat(7);
    expect((await createLoan()).status).toBe(503);
    expect(await ready()).toEqual([503, expect.stringContaining("the store can't be written (the store has format 7 by now")]);
  });

  it('fails with the reason while the file is away, logs how to go on, and recovers once it is back', async () => {
    const path = tempFile();
    const { createLoan, ready, testApp } = await openOn(path);
    renameSync(path, `${path}.away`);
    const advice = { err: { message: expect.stringContaining('put it back, or stop the program and restore a backup') } };
    expect(await ready()).toEqual([503, expect.stringContaining("the store's file was moved, removed or replaced")]);
    expect(lastLine(testApp)).toMatchObject({ level: 50, ...advice });
    expect((await createLoan()).status).toBe(503);
    expect(lastLine(testApp)).toMatchObject({ level: 50, endpoint: 'CreateLoan', ...advice });
    renameSync(`${path}.away`, path);
    expect((await createLoan()).status).toBe(201);
    expect(await ready()).toEqual([200, undefined]);
  });
});
