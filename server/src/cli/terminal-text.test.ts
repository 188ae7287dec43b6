import { expect, it } from 'vitest';
import { padTo, showControls, widthOf } from './terminal-text.ts';

it('widthOf counts the columns of wide, combining and ordinary characters', () => {
  expect(['ana', '山田', 'ｱ', '한국', 'e\u0301', '👨‍👩‍👧', ''].map(widthOf)).toEqual([3, 4, 1, 4, 1, 2, 0]);
});

it('padTo aligns columns, and never cuts', () => {
  expect([padTo('山田', 6), padTo('ana', 6), padTo('abc', 2)]).toEqual(['山田  ', 'ana   ', 'abc']);
});

it('showControls writes controls and characters that reorder text as code points', () => {
  expect(showControls('a\u001b[2Jb\r\n\u202ec\u061c é山')).toBe('a\\u{1b}[2Jb\\u{d}\\u{a}\\u{202e}c\\u{61c} é山');
});
