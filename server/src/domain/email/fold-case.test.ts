import { describe, expect, it } from 'vitest';
import { foldCase } from './fold-case.ts';

describe('foldCase', () => {
  it('folds each character as regular expressions that ignore case do', () => {
    const different: string[] = [];
    for (let codePoint = 0; codePoint <= 0x1_ffff; codePoint += codePoint === 0xd7ff ? 0x801 : 1) {
      const character = String.fromCodePoint(codePoint);
      const folded = foldCase(character);
      if (folded === character) continue;
      if (foldCase(folded) !== folded || !new RegExp(`^\\u{${codePoint.toString(16)}}$`, 'iu').test(folded))
        different.push(codePoint.toString(16));
    }
    expect(different).toEqual(['130']); // becomes i and a dot above, which NFC would compose to another letter
  });

  it.each([
    ['\u039d\u03af\u03ba\u03bf\u03c2', '\u03bd\u03af\u03ba\u03bf\u03c3'],
    ['\u039d\u038a\u039a\u039f\u03a3', '\u03bd\u03af\u03ba\u03bf\u03c3'],
    ['\u017f\u212a\u00b5', 'sk\u03bc'],
    ['STRA\u1e9eE', 'stra\u00dfe'],
    ['\u13a0\uab70', '\uab70\uab70'],
    ['\u{10400}', '\u{10428}'],
    ['\ufb05', '\ufb06'],
    ['\u0131I', '\u0131i'],
  ])('folds %j to %j', (text, folded) => {
    expect(foldCase(text)).toBe(folded);
  });
});
