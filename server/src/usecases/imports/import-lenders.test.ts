import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../domain/ids.ts';
import { NO_PERIOD, type UsageCounter } from '../../domain/usage-counter.ts';
import { ClockCheck } from '../../storage/due-items.ts';
import { importBytesCounterKey, importCounterKey, openImportCounterKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { csv, lines, rowsOf, runStep, runToEnd, upload } from '../../testing/app/import-helpers.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { findDueImports } from './find-due-imports.ts';
import { IMPORT_AHEAD_MS_MAX } from './run-import-step.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe.each(engines)('importLenders on $name', ({ open }) => {
  let testApp: TestApp;
  let borrower: TestUser;

  beforeEach(async () => {
    testApp = await openTestApp({ store: await open(), usesViewCache: false });
    borrower = await testApp.as('borrower@example.com');
  });

  afterEach(() => testApp.close());

  const outcomesOf = async (path: string) => (await rowsOf(borrower, path)).map(({ outcome }) => outcome);
  const loanAt = async (id: string) => (await borrower.get(`/loans/${id}`)).body.loan;
  const importAt = async (path: string) => (await borrower.get(path)).body.import;

  async function start(file: string, query = '', loanId?: string) {
    const id = loanId ?? (await borrower.postsLoan());
    const { status, headers, body } = await upload(borrower, id, file, query);
    if (status !== 202) throw new Error(JSON.stringify(body));
    return { id, path: headers.get('Location') ?? '', job: body.import, importId: body.import.import_id };
  }

  it('stores the file with one read before it, one after it and one commit, and invites nobody yet', async () => {
    const id = await borrower.postsLoan();
    const calls = await testApp.callsOf(() => upload(borrower, id, csv(...lines(1000)), '?mode=per_row'));
    expect(calls).toEqual(['get', 'get', 'commit']);
    expect(await loanAt(id)).toMatchObject({ lender_count: 0, version: 1 });
  });

  it('rejects a file whose rows do not fit one commit', async () => {
    const long = 'é'.repeat(150); // is cut to 60 characters
    const rows = (count: number) => csv(...Array.from({ length: count }, () => `not an address,${'x'.repeat(59)},${long}`));
    const id = await borrower.postsLoan();
    const rejected = await upload(borrower, id, rows(10_000));
    expect(rejected.status).toBe(413);
    expect(rejected.body).toMatchObject({ error: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('3800000 bytes') });
    const { job, path } = await start(rows(8000), '', id);
    expect(job).toMatchObject({ rows_total: 8000, outcomes: { invalid: 8000 } });
    expect((await borrower.get(`${path}/rows?limit=1`)).body.rows[0].name).toBe(`${'é'.repeat(59)}…`);
  });

  it('responds with the location and progress of the import', async () => {
    const { id, path, job } = await start(csv('a@example.com,5000,Ann', 'b@example.com,100.50,'));
    expect(path).toBe(`/loans/${id}/lenders/imports/${job.import_id}`);
    expect(job).toMatchObject({ loan_id: id, status: 'running', dry_run: false, rows_total: 2, rows_done: 0, resumes_at: null });
    expect(job.outcomes).toMatchObject({ pending: 2, added: 0 });
    expect(await importAt(path)).toEqual(job);
    expect(await outcomesOf(path)).toEqual(['pending', 'pending']);
  });

  it('invites rows with one commit a step, and reports their outcomes', async () => {
    const { id, path, importId } = await start(csv('a@example.com,5000,Ann', 'b@example.com,100.50,'));
    const calls = await testApp.callsOf(() => runStep(testApp, importId));
    expect(calls).toEqual(['get', 'get', 'get', 'get', 'commit']);
    expect(await importAt(path)).toMatchObject({ status: 'completed', rows_done: 2, amount_added: 5100.5, outcomes: { added: 2 } });
    expect(await loanAt(id)).toMatchObject({ lender_count: 2, total_invited: 5100.5, version: 2 });
    const { lenders: invited } = (await borrower.get(`/loans/${id}/lenders`)).body;
    const rows = await rowsOf(borrower, path);
    expect(rows).toEqual([
      expect.objectContaining({
        row: 1,
        line: 2,
        email: 'a@example.com',
        contribution_amount: '5000',
        name: 'Ann',
        outcome: 'added',
      }),
      expect.objectContaining({ row: 2, line: 3, email: 'b@example.com', contribution_amount: '100.50', outcome: 'added' }),
    ]);
    expect(new Set(rows.map((row) => row['lender_id']))).toEqual(
      new Set(invited.map((lender: { lender_id: string }) => lender.lender_id)),
    );
    expect(await runStep(testApp, importId)).toBeUndefined();
  });

  it('reports the error of each row and adds the rest', async () => {
    const id = await borrower.postsLoan();
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1000, 'old') });
    const file = csv(
      'old0@example.com,10,',
      'a@example.com,15000,',
      'a@example.com,10,',
      'nobody,10,',
      'b@example.com,5000,',
      'c@example.com,12.345,',
      'borrower@example.com,10,',
      'd@example.com,4000,',
      'e@example.com,0,',
    );
    const { path, importId } = await start(file, '?mode=per_row', id);
    await runToEnd(testApp, importId);
    const rows = await rowsOf(borrower, path);
    expect(rows.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['already_invited', 'DUPLICATE_LENDER'],
      ['added', undefined],
      ['invalid', 'DUPLICATE_IN_REQUEST'],
      ['invalid', 'INVALID'],
      ['over_funding', 'OVER_FUNDING'],
      ['invalid', 'INVALID'],
      ['invalid', 'SELF_INVITATION'],
      ['added', undefined],
      ['invalid', 'INVALID'],
    ]);
    expect(rows[2]?.['message']).toContain('line 3');
    expect(rows[5]?.['message']).toContain('more decimals than USD allows');
    expect(await loanAt(id)).toMatchObject({ remaining: 0, lender_count: 3 });
    expect((await importAt(path)).outcomes).toEqual({
      added: 2,
      already_invited: 1,
      invalid: 5,
      over_funding: 1,
      would_be_added: 0,
      pending: 0,
      not_added: 0,
    });
    expect((await rowsOf(borrower, path, '&outcome=added')).map(({ row }) => row)).toEqual([2, 8]);
  });

  it('adds nobody with all_or_nothing if one row has an error', async () => {
    const { id, path, job, importId } = await start(csv('a@example.com,5000,', 'nobody,1,', 'b@example.com,19000,'));
    expect(job).toMatchObject({ mode: 'all_or_nothing', mode_reason: expect.stringContaining('One transaction holds 90 rows') });
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'failed', failure: expect.stringContaining('2 of 3 rows') });
    expect(await outcomesOf(path)).toEqual(['not_added', 'invalid', 'over_funding']);
    expect(await loanAt(id)).toMatchObject({ lender_count: 0, version: 1 });
  });

  it('defaults to per_row for more rows than one transaction holds, and rejects all_or_nothing', async () => {
    const id = await borrower.postsLoan();
    const { job } = await start(csv(...lines(91)), '', id);
    expect(job).toMatchObject({ mode: 'per_row', mode_reason: expect.stringContaining('this file has 91') });
    const rejected = await upload(borrower, id, csv(...lines(91)), '?mode=all_or_nothing');
    expect(rejected.body).toMatchObject({ status: 400, details: [{ path: 'mode', message: expect.stringContaining('91') }] });
    expect((await start(csv(...lines(90)), '?mode=all_or_nothing', id)).job.mode).toBe('all_or_nothing');
    expect((await upload(borrower, id, csv(...lines(1)), '?mode=some')).body.details[0].path).toBe('mode');
  });

  it('adds as many rows with all_or_nothing as one transaction holds', async () => {
    const { id, importId } = await start(csv(...lines(90)), '?mode=all_or_nothing');
    expect(await runToEnd(testApp, importId)).toBe(1);
    expect(await loanAt(id)).toMatchObject({ lender_count: 90, version: 2 });
  });

  it('determines the same outcomes in a dry run, and invites nobody', async () => {
    const file = csv('a@example.com,15000,', 'a@example.com,1,', 'b@example.com,6000,', ...lines(200, 10));
    const dry = await start(file, '?dry_run=true');
    expect(dry.job.dry_run).toBe(true);
    await runToEnd(testApp, dry.importId);
    expect(await loanAt(dry.id)).toMatchObject({ lender_count: 0, version: 1 });
    const real = await start(file, '?mode=per_row');
    await runToEnd(testApp, real.importId);
    testApp.advance(60 * MINUTE_MS);
    await runToEnd(testApp, real.importId);
    const dryOutcomes = (await outcomesOf(dry.path)).map((outcome) => (outcome === 'would_be_added' ? 'added' : outcome));
    expect(dryOutcomes).toEqual(await outcomesOf(real.path));
    expect((await importAt(dry.path)).amount_added).toBe((await importAt(real.path)).amount_added);
  });

  it('waits when the hour’s invitations are used up, and resumes in the next hour', async () => {
    const { id, path, importId } = await start(csv(...lines(450)));
    await runToEnd(testApp, importId);
    const nextHour = Math.ceil(testApp.now / (60 * MINUTE_MS)) * 60 * MINUTE_MS;
    expect(await importAt(path)).toMatchObject({ status: 'waiting', rows_done: 200, resumes_at: new Date(nextHour).toISOString() });
    expect((await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1, 'more') })).status).toBe(429);
    expect(await runToEnd(testApp, importId)).toBe(0);
    testApp.advance(nextHour - testApp.now);
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1, 'more') });
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'waiting', rows_done: 399 });
    testApp.advance(60 * MINUTE_MS);
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'completed', rows_done: 450, resumes_at: null, outcomes: { added: 450 } });
    expect(await loanAt(id)).toMatchObject({ lender_count: 451 });
  });

  it('resumes an import that began to wait while the clock was ahead', async () => {
    testApp.advance(365 * DAY_MS);
    const { path, importId } = await start(csv(...lines(250)));
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'waiting' });
    testApp.advance(-365 * DAY_MS);
    const due: string[] = [];
    const clockCheck = new ClockCheck(IMPORT_AHEAD_MS_MAX);
    await findDueImports(testApp.app.services, clockCheck, (found) => due.push(found));
    expect(due).toEqual([importId]);
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'completed' });
  });

  it('frees the amounts of expired invitations first, some with each step', async () => {
    const id = await borrower.postsLoan();
    for (let batch = 0; batch < 12; batch += 1)
      await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1000, `b${batch}-`) });
    testApp.advance(30 * DAY_MS);
    const { importId, path } = await start(csv('a@example.com,20000,'), '', id);
    await runStep(testApp, importId);
    expect([(await loanAt(id)).lender_count, (await importAt(path)).rows_done]).toEqual([7, 0]);
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 1 } });
  });

  it('waits with all_or_nothing for an hour that allows all rows', async () => {
    const first = await start(csv(...lines(150)));
    await runToEnd(testApp, first.importId);
    const second = await start(csv(...lines(60, 1, 'ben')), '', first.id);
    await runToEnd(testApp, second.importId);
    expect(await importAt(second.path)).toMatchObject({ status: 'waiting', rows_done: 0 });
    testApp.advance(60 * MINUTE_MS);
    await runToEnd(testApp, second.importId);
    expect(await importAt(second.path)).toMatchObject({ status: 'completed', outcomes: { added: 60 } });
  });

  it('adds each row once when several workers run the import', async () => {
    const { id, path, importId } = await start(csv(...lines(180)));
    await Promise.all([runToEnd(testApp, importId), runToEnd(testApp, importId), runToEnd(testApp, importId)]);
    expect(await outcomesOf(path)).toEqual(Array.from({ length: 180 }, () => 'added'));
    expect(await loanAt(id)).toMatchObject({ lender_count: 180, total_invited: 180 });
  });

  it('fails when the loan ends, with not_added for the remaining rows', async () => {
    const { id, path, importId } = await start(csv(...lines(100), 'nobody,1,'));
    await runStep(testApp, importId);
    await borrower.post(`/loans/${id}/cancel`);
    await runToEnd(testApp, importId);
    expect(await importAt(path)).toMatchObject({ status: 'failed', failure: expect.stringContaining('cancelled') });
    expect((await outcomesOf(path)).slice(88)).toEqual([
      'added',
      'added',
      ...Array.from({ length: 10 }, () => 'not_added'),
      'invalid',
    ]);
    expect((await importAt(path)).outcomes).toMatchObject({ added: 90, not_added: 10, invalid: 1 });
    expect((await upload(borrower, id, csv(...lines(1)))).status).toBe(409);
  });

  it('uses the amounts of expired invitations', async () => {
    const id = await borrower.postsLoan();
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 10_000) });
    testApp.advance(30 * DAY_MS);
    const { path, importId } = await start(csv('ann0@example.com,1,', 'b@example.com,19999,'), '', id);
    await runToEnd(testApp, importId);
    expect(await outcomesOf(path)).toEqual(['added', 'added']);
  });

  it('replays the response for a repeated key, and rejects another file or a dry run under it', async () => {
    const id = await borrower.postsLoan();
    const key = { 'Idempotency-Key': 'spring' };
    const first = await upload(borrower, id, csv(...lines(2)), '', key);
    const again = await upload(borrower, id, csv(...lines(2)), '', key);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect([again.status, again.text, again.headers.get('Location')]).toEqual([202, first.text, first.headers.get('Location')]);
    expect((await upload(borrower, id, csv(...lines(3)), '', key)).body.error).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await upload(borrower, id, csv(...lines(2)), '?dry_run=true', key)).body.error).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('shows an import only to its borrower', async () => {
    const { id, path } = await start(csv('a@example.com,1,'));
    const lender = await testApp.as('a@example.com');
    const other = await testApp.as('other@example.com');
    const otherLoan = await borrower.postsLoan();
    for (const user of [lender, other]) {
      for (const url of [path, `${path}/rows`]) expect((await user.get(url)).status).toBe(404);
      expect((await upload(user, id, csv('b@example.com,1,'))).status).toBe(403);
    }
    expect((await borrower.get(path.replace(id, otherLoan))).body).toMatchObject({ status: 404 });
    expect((await borrower.get(`/loans/${id}/lenders/imports/none`)).status).toBe(404);
    expect((await upload(borrower, 'none', csv('b@example.com,1,'))).status).toBe(404);
  });

  it('adds its progress to the loan’s events, for the borrower only', async () => {
    const { id, importId } = await start(csv('a@example.com,1,', 'b@example.com,1,'));
    await runToEnd(testApp, importId);
    const eventsFor = async (user: TestUser) => (await user.get(`/loans/${id}/events?limit=100`)).body.events;
    const progress = { import_id: importId, rows_total: 2, rows_done: 2 };
    expect((await eventsFor(borrower)).slice(1)).toEqual([
      expect.objectContaining({ type: 'lender.invited', actor: 'borrower', data: expect.objectContaining({ import: progress }) }),
      expect.objectContaining({ type: 'lender.invited', request_id: expect.any(String) }),
    ]);
    expect(JSON.stringify(await eventsFor(await testApp.as('a@example.com')))).not.toContain('import');
  });

  /** Sets a counter of the borrower, in place of many files. */
  async function setCounter(keyOf: (userId: UserId) => Key<UsageCounter>, data: UsageCounter, expected = 0): Promise<void> {
    const { store, app } = testApp;
    await store.commit(app.services.ids.command(), [{ key: keyOf(borrower.userId), expected, data }]);
  }

  it('allows 100 files an hour', async () => {
    const id = await borrower.postsLoan();
    expect((await upload(borrower, id, csv('nobody,1,'))).status).toBe(202);
    await setCounter(importCounterKey, { period: '2026-03-01T09', count: 99 }, 1);
    expect((await upload(borrower, id, csv('nobody,1,'))).status).toBe(202);
    const rejected = await upload(borrower, id, csv('nobody,1,'));
    expect(rejected.body).toMatchObject({ status: 429, retry_after: 45 * 60 });
  });

  it('allows 50 MB of rows a day, dry runs included', async () => {
    const id = await borrower.postsLoan();
    const file = csv('a@example.com,1,');
    const bytes = JSON.stringify({ rows: [{ line: 2, email: 'a@example.com', amount: '1' }] }).length;
    await setCounter(importBytesCounterKey, { period: '2026-03-01', count: 50_000_000 - bytes });
    expect((await upload(borrower, id, file, '?dry_run=true')).status).toBe(202);
    const rejected = await upload(borrower, id, file, '?dry_run=true');
    expect(rejected.body).toMatchObject({ status: 429, message: expect.stringContaining('50000000 bytes'), retry_after: 53_100 });
    testApp.advance(DAY_MS);
    expect((await upload(borrower, id, file)).status).toBe(202);
  });

  it('allows 100 unfinished imports, and another one when one has ended', async () => {
    const { id, importId } = await start(csv('a@example.com,1,'));
    expect((await upload(borrower, id, csv('b@example.com,1,'))).status).toBe(202);
    const counter = openImportCounterKey(borrower.userId);
    const [open] = await testApp.store.get([counter]);
    expect(open?.data.count).toBe(2);
    await testApp.store.commit(testApp.app.services.ids.command(), [
      { key: counter, expected: open?.version ?? 0, data: { period: NO_PERIOD, count: 100 } },
    ]);
    const rejected = await upload(borrower, id, csv('c@example.com,1,'));
    expect(rejected.body).toMatchObject({ status: 429, message: expect.stringContaining('100 imports'), retry_after: 45 * 60 });
    await runToEnd(testApp, importId);
    expect((await upload(borrower, id, csv('c@example.com,1,'))).status).toBe(202);
    expect((await upload(borrower, id, csv('d@example.com,1,'))).status).toBe(429);
  });
});
