/*
 * Spreadsheets run a cell that starts with one of a few characters as a formula (OWASP, "CSV Injection"). A leading
 * apostrophe, the guard, makes it text. Guards are added when a file is written and removed when one is read, so that text
 * that is sent round does not change.
 */

/** Characters that spreadsheets drop before a formula. Without tab and line breaks, which may separate cells. */
const SKIPPED = String.raw`(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}"])*`;
/** The characters that start a formula, also in full width, which Japanese spreadsheets treat alike. */
const FORMULA = String.raw`${SKIPPED}[=+\-@|\uff1d\uff0b\uff0d\uff20]`;
/** At the start of a cell. A tab or line break is guarded there too: OWASP lists them, as spreadsheets drop them. */
const AT_START = String.raw`^(?='*(?:${FORMULA}|${SKIPPED}[\t\r\n]))`;
/**
 * Inside a cell, after a semicolon, tab or line break. A spreadsheet that separates cells by semicolon or tab ignores the
 * quotes of a file with commas, and starts a new cell there.
 */
const INSIDE = String.raw`(?<=[;\t\r\n])(?='*${FORMULA})`;

const UNGUARDED = new RegExp(`${AT_START}|${INSIDE}`, 'gu');
const GUARDS = new RegExp(`${AT_START.replace('(?=', "'(?=")}|${INSIDE.replace('(?=', "'(?=")}`, 'gu');

const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
/** A lender id that starts with a minus. It can't call a function, and programs must read it unchanged. */
const LENDER_ID = /^-[\w-]{21}$/;

/** Makes text safe to open in a spreadsheet, whatever delimiter that uses. Numbers and lender ids stay as they are. */
export function guard(text: string): string {
  return NUMBER.test(text) || LENDER_ID.test(text) ? text : text.replaceAll(UNGUARDED, "'");
}

/** The inverse of `guard`. Other apostrophes stay, such as that of `'Anna`. */
export function unguard(text: string): string {
  return text.replaceAll(GUARDS, '');
}
