import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseSingleLine } from './single-line-text.ts';

const unicode = fc.string({ unit: 'binary', maxLength: 40 });

describe('parseSingleLine', () => {
  it('trims and normalises to NFC', () => {
    expect(parseSingleLine('  Rene\u0301e \u00a0', 80)).toBe('Ren\u00e9e');
  });

  it.each(['', ' ', '\n\t', '\u00a0\u2003\ufeff'])('returns null for the empty %j', (input) => {
    expect(parseSingleLine(input, 80)).toBeNull();
  });

  it('counts code points, after trimming and normalising', () => {
    expect(parseSingleLine('x'.repeat(80), 80)).toBe('x'.repeat(80));
    expect(parseSingleLine('x'.repeat(81), 80)).toBeUndefined();
    expect(parseSingleLine(` ${'x'.repeat(80)} `, 80)).toBe('x'.repeat(80));
    expect(parseSingleLine('\u{1f3e0}'.repeat(80), 80)).toBe('\u{1f3e0}'.repeat(80));
    expect(parseSingleLine('\u{1f3e0}'.repeat(81), 80)).toBeUndefined();
    expect(parseSingleLine('e\u0301'.repeat(80), 80)).toBe('\u00e9'.repeat(80));
  });

  it('rejects more than 30 marks on a letter, which take long to normalize', () => {
    expect(parseSingleLine(`a${'\u0316\u0301'.repeat(15)}`, 80)).toBe(`\u00e1${'\u0316'.repeat(15)}${'\u0301'.repeat(14)}`);
    expect(parseSingleLine(`a${'\u0316\u0301'.repeat(15)}\u0316`, 80)).toBeUndefined();
    const normalize = vi.spyOn(String.prototype, 'normalize');
    expect(parseSingleLine('\u0301\u0316'.repeat(15_000), 80)).toBeUndefined();
    expect(parseSingleLine(`a${'\u0301'.repeat(20)}`.repeat(1000), 80)).toBeUndefined();
    expect(normalize).not.toHaveBeenCalled();
    normalize.mockRestore();
  });

  it.each([
    ['a null', 'a\u0000b'],
    ['a tab', 'a\tb'],
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\r\nBcc: b'],
    ['an escape', 'a\u001b[31mb'],
    ['a delete', 'a\u007fb'],
    ['a next-line', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['an override of the direction', 'a\u202eb'],
    ['an isolate of a direction', 'a\u2066b'],
    ['half of a pair', 'a\ud800b'],
  ])('rejects %s', (_, input) => {
    expect(parseSingleLine(input, 80)).toBeUndefined();
  });

  it('keeps all scripts, emoji and their joiners', () => {
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    for (const line of ['\u0645\u0631\u062d\u0628\u0627', '\u65e5\u672c', "O'Neil & Co.", family])
      expect(parseSingleLine(line, 80)).toBe(line);
  });

  it('does not change its own result', () => {
    fc.assert(
      fc.property(unicode, (input) => {
        const line = parseSingleLine(input, 30);
        if (typeof line === 'string') expect(parseSingleLine(line, 30)).toBe(line);
      }),
      { numRuns: 2000 },
    );
  });
});
