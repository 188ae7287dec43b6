import { describe, expect, it } from 'vitest';
import { parseImportRows } from './parse-import-rows.ts';

describe('parseImportRows', () => {
  it('names the invisible character of an address', async () => {
    const row = { line: 2, email: 'ann@example.com\u200b', contribution_amount: '5', name: null };
    const [parsed] = await parseImportRows([row]);
    expect(parsed?.result).toEqual({
      code: 'INVALID',
      reason: 'EMAIL_INVISIBLE_CHARACTER',
      message: expect.stringContaining('invisible characters, and has U+200B'),
    });
  });

  it.each([
    [{ email: 'ann@' }, 'EMAIL_INVALID'],
    [{ contribution_amount: '5 €' }, 'AMOUNT_MALFORMED'],
    [{ name: 'x'.repeat(81) }, 'NAME_INVALID'],
    [{ error: { reason: 'AMOUNT_ZERO', message: '0 is not above 0.' } }, 'AMOUNT_ZERO'],
  ] as const)('says what is wrong with %j by a reason, for texts in other languages: %s', async (cells, reason) => {
    const row = { line: 2, email: 'ann@example.com', contribution_amount: '5', name: null, ...cells };
    const [parsed] = await parseImportRows([row]);
    expect(parsed?.result).toEqual({ code: 'INVALID', reason, message: expect.any(String) });
  });

  it('lets other requests run while it parses a large file', async () => {
    let runs = 0;
    const parsing = new AbortController();
    const run = (): void => {
      runs += 1;
      if (!parsing.signal.aborted) setImmediate(run);
    };
    setImmediate(run);
    const row = { line: 2, email: 'Ann@Example.com', contribution_amount: '5', name: null };
    const parsed = await parseImportRows(Array.from({ length: 10_000 }, () => row));
    parsing.abort();
    expect(parsed).toHaveLength(10_000);
    expect(parsed[9999]?.result).toEqual({ line: 2, email: 'ann@example.com', amount: '5' });
    expect(runs).toBeGreaterThanOrEqual(39);
  });
});
