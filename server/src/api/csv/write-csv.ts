/** Characters with which a formula starts in spreadsheets, also after spaces and in full width. */
const FORMULA = /^[\s\u00a0]*[=+\-@|\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
const QUOTED = /[",\r\n]|^\s|\s$/;
/** Marks UTF-8 for spreadsheets. */
const BOM = '\ufeff';

type CsvRow = readonly (string | number | null)[];

/** Rows as CSV (RFC 4180), safe to open in a spreadsheet: a cell that looks like a formula, but not a number, gets a leading `'`. */
export function csvText(rows: readonly CsvRow[]): string {
  return BOM + csvLines(rows);
}

/** Further rows below `csvText`. */
export function csvLines(rows: readonly CsvRow[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: string | number | null): string {
  const text = String(cell ?? '');
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
