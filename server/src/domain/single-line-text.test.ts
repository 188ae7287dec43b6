import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSingleLine } from './single-line-text.ts';

const unicode = fc.string({ unit: 'binary', maxLength: 40 });

describe('a line of text', () => {
  it('is trimmed and in composed form', () => {
    expect(parseSingleLine('  Rene\u0301e \u00a0', 80)).toBe('Ren\u00e9e');
  });

  it.each(['', ' ', '\n\t', '\u00a0\u2003\ufeff'])('is null where nothing is left of %j', (sent) => {
    expect(parseSingleLine(sent, 80)).toBeNull();
  });

  it('is counted in characters, after trimming and composing', () => {
    expect(parseSingleLine('x'.repeat(80), 80)).toBe('x'.repeat(80));
    expect(parseSingleLine('x'.repeat(81), 80)).toBeUndefined();
    expect(parseSingleLine(` ${'x'.repeat(80)} `, 80)).toBe('x'.repeat(80));
    expect(parseSingleLine('\u{1f3e0}'.repeat(80), 80)).toBe('\u{1f3e0}'.repeat(80));
    expect(parseSingleLine('\u{1f3e0}'.repeat(81), 80)).toBeUndefined();
    expect(parseSingleLine('e\u0301'.repeat(80), 80)).toBe('\u00e9'.repeat(80));
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
  ])('has no place for %s', (_what, sent) => {
    expect(parseSingleLine(sent, 80)).toBeUndefined();
  });

  it('keeps scripts, emoji and the joiners inside them', () => {
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    for (const line of ['\u0645\u0631\u062d\u0628\u0627', '\u65e5\u672c', "O'Neil & Co.", family])
      expect(parseSingleLine(line, 80)).toBe(line);
  });

  it('reads what it has read as the same', () => {
    fc.assert(
      fc.property(unicode, (sent) => {
        const line = parseSingleLine(sent, 30);
        if (typeof line === 'string') expect(parseSingleLine(line, 30)).toBe(line);
      }),
      { numRuns: 2000 },
    );
  });
});
