/*
 * Spreadsheets run a cell that starts with one of a few characters as a formula (OWASP, "CSV Injection"). A leading
 * apostrophe, the guard, makes it text. Guards are added when a file is written and removed when one is read, so that text
 * that is sent round does not change.
 */

/** What a cell may have before the character that starts a formula; spreadsheets drop it. Not what may end a cell. */
const SKIPPED = String.raw`(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}"])*`;
/** Also in full width, which Japanese spreadsheets read alike. */
const FORMULA = String.raw`${SKIPPED}[=+\-@|\uff1d\uff0b\uff0d\uff20]`;
/** At the start, a tab or line break too: OWASP names them, as spreadsheets drop them there. */
const AT_START = String.raw`^(?='*(?:${FORMULA}|${SKIPPED}[\t\r\n]))`;
/**
 * Inside, where a cell would start if the text were split at it: by a spreadsheet that separates cells by semicolon or tab and
 * so does not see the quotes of a file with commas.
 */
const INSIDE = String.raw`(?<=[;\t\r\n])(?='*${FORMULA})`;

const UNGUARDED = new RegExp(`${AT_START}|${INSIDE}`, 'gu');
const GUARDS = new RegExp(`${AT_START.replace('(?=', "'(?=")}|${INSIDE.replace('(?=', "'(?=")}`, 'gu');

const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
/** A lender id that starts with a minus: neither calls a function nor has other operators, and must be read as it is. */
const LENDER_ID = /^-[\w-]{21}$/;

/** Makes text safe to open in a spreadsheet, whatever delimiter that uses. Numbers and lender ids stay as they are. */
export function guard(text: string): string {
  return NUMBER.test(text) || LENDER_ID.test(text) ? text : text.replaceAll(UNGUARDED, "'");
}

/** The inverse of `guard`. Other apostrophes stay, such as that of `'Anna`. */
export function unguard(text: string): string {
  return text.replaceAll(GUARDS, '');
}
