import type { Import } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { loadTexts } from '../../i18n/texts.ts';
import { failureText, invitedIn, leftOutIn, nextRows, outcomesOf } from './outcomes.ts';

const OUTCOMES = { added: 0, would_be_added: 5, already_invited: 1, invalid: 2, over_funding: 0, pending: 0, not_added: 0 };
const IMPORT: Import = {
  import_id: 'i',
  loan_id: 'l',
  status: 'completed',
  mode: 'per_row',
  mode_reason: '',
  dry_run: true,
  rows_total: 8,
  rows_done: 8,
  outcomes: OUTCOMES,
  amount_added: 500,
  resumes_at: null,
  created_at: '',
  ended_at: null,
  failure: null,
  failure_code: null,
};

describe('outcomes of an import', () => {
  it('are listed with problems first, without those that no row has', () => {
    expect(outcomesOf(IMPORT)).toEqual(['invalid', 'already_invited', 'would_be_added']);
  });

  it('are counted by whether people are invited', () => {
    expect([invitedIn(IMPORT), leftOutIn(IMPORT)]).toEqual([5, 3]);
  });

  it('have the reason of a failure, by the server where it has no code', async () => {
    const { t } = await loadTexts('en', 'import');
    expect(failureText(IMPORT, t)).toBeUndefined();
    const failed = { ...IMPORT, status: 'failed', failure: 'The loan is closed.' } as const;
    expect(failureText(failed, t)).toBe('The loan is closed.');
    expect(failureText({ ...failed, failure_code: 'LOAN_NOT_OPEN' }, t)).toBe(t('failure.LOAN_NOT_OPEN'));
  });

  it('are read page by page, one outcome after another', () => {
    const sections = outcomesOf(IMPORT);
    expect(nextRows(sections, { outcome: 'invalid' }, 'c')).toEqual({ outcome: 'invalid', cursor: 'c' });
    expect(nextRows(sections, { outcome: 'invalid', cursor: 'c' }, null)).toEqual({ outcome: 'already_invited' });
    expect(nextRows(sections, { outcome: 'would_be_added' }, null)).toBeUndefined();
  });
});
