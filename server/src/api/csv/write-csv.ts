/** What a spreadsheet takes for the beginning of a formula, also behind spaces and in full width. */
const FORMULA = /^[\s\u00a0]*[=+\-@|\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
const QUOTED = /[",\r\n]|^\s|\s$/;
/** By which spreadsheets know UTF-8. */
const BOM = '\ufeff';

/**
 * Rows as a file (RFC 4180) that a spreadsheet shows as text: what looks like a formula gets a `'` before it, numbers stay as
 * they are, also below zero.
 */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return BOM + rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: string | number | null): string {
  const text = String(cell ?? '');
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
