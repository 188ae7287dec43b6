/** Blank, although Unicode does not list them as default-ignorable: Braille, hieroglyphs, Khitan, musical notation. */
const BLANK = '\u2800\u{13441}\u{13442}\u{16fe4}\u{1d159}';
const INVISIBLE = new RegExp(`[\\p{Default_Ignorable_Code_Point}${BLANK}]`, 'u');
const INVISIBLE_EXCEPT_JOINERS = new RegExp(`(?![\\u200c\\u200d])${INVISIBLE.source}`, 'u');

/** @returns the first character that shows nothing, as `U+200B` */
export function invisibleCharacterIn(text: string): string | undefined {
  const point = INVISIBLE.exec(text)?.[0].codePointAt(0);
  return point === undefined ? undefined : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Whether a text has a character that shows nothing. Two texts that differ by it would look the same. */
export function hasInvisibleCharacter(text: string, which: 'any' | 'except joiners' = 'any'): boolean {
  return (which === 'any' ? INVISIBLE : INVISIBLE_EXCEPT_JOINERS).test(text);
}
