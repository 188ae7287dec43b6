import { expect, it } from 'vitest';
import type { Import } from './api.generated.ts';
import { LendingClient } from './client.ts';
import { followImport } from './follow-import.ts';
import { fastClientOptions } from './testing/fast-client.ts';

const STARTED = Date.UTC(2026, 2, 1);

const RUNNING: Import = {
  import_id: 'an-import',
  loan_id: 'a-loan',
  status: 'running',
  mode: 'per_row',
  mode_reason: 'As requested: each row is added or not by itself.',
  dry_run: false,
  rows_total: 120,
  rows_done: 0,
  outcomes: { added: 0, would_be_added: 0, already_invited: 0, invalid: 0, over_funding: 0, pending: 120, not_added: 0 },
  amount_added: 0,
  resumes_at: null,
  created_at: '2026-03-01T00:00:00.000Z',
  ended_at: null,
  failure: null,
  failure_code: null,
};

/** Follows an import that has these states, one for each poll. */
async function follow(states: readonly Partial<Import>[]) {
  const { options, delays } = fastClientOptions('http://localhost');
  const polls = states.values();
  const fetch = async () => {
    const { value, done } = polls.next();
    return done
      ? new Response('polled after the end', { status: 404 })
      : Response.json({ success: true, import: { ...RUNNING, ...value } });
  };
  const client = new LendingClient({ ...options, fetch });
  const seen: Import[] = [];
  for await (const each of followImport(client, 'a-loan', 'an-import', options)) seen.push(each);
  return { seen, delays };
}

it('ends with a failed import, with its reason', async () => {
  const failed = { status: 'failed', rows_done: 90, failure: 'An unexpected error ended this import.' } as const;
  const { seen, delays } = await follow([{}, { rows_done: 90 }, { rows_done: 90 }, { ...failed, failure_code: 'INTERNAL_ERROR' }]);
  expect(seen.map(({ status, rows_done, failure_code }) => [status, rows_done, failure_code])).toEqual([
    ['running', 0, null],
    ['running', 90, null],
    ['failed', 90, 'INTERNAL_ERROR'],
  ]);
  expect(seen.at(-1)?.failure).toBe(failed.failure);
  expect(delays).toEqual([500, 500, 500]);
});

it.each(['running', 'waiting'] as const)('polls a %s import that resumes later each minute, and at its time', async (status) => {
  const resumes_at = new Date(STARTED + 150_000).toISOString();
  const paused = { status, resumes_at };
  const { delays } = await follow([paused, paused, paused, { status: 'completed' }]);
  expect(delays).toEqual([60_000, 60_000, 30_000]);
});
