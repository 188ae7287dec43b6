/** Dotless i folds to itself, although its upper case is that of i. U+FB05 and U+FB06 are one ligature, st. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['\u0131', '\u0131'],
  ['\ufb05', '\ufb06'],
]);

/**
 * Simple case folding of Unicode: each character becomes the lower-case form that it shares with its other cases, so both sigmas
 * become one. Unlike `toLowerCase`, it does not depend on the neighbours. Unlike full folding, it keeps U+00DF apart from "ss".
 */
export function foldCase(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  return EXCEPTIONS.get(character) ?? (isOneCharacter(upper) ? upper : character).toLowerCase();
}

function isOneCharacter(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
