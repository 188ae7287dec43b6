import { guard } from './formula-guard.ts';

/** Cells with a delimiter of any spreadsheet, a quote, a line break or outer spaces. */
const QUOTED = /[",;\t\r\n]|^\s|\s$/;
/** Marks UTF-8 for spreadsheets. */
const BOM = '\ufeff';

type CsvRow = readonly (string | number | null)[];

/** Rows as CSV (RFC 4180), safe to open in a spreadsheet: text that could be run as a formula is guarded, see `guard`. */
export function csvText(rows: readonly CsvRow[]): string {
  return BOM + csvLines(rows);
}

/** Further rows below `csvText`. */
export function csvLines(rows: readonly CsvRow[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: string | number | null): string {
  const text = guard(String(cell ?? ''));
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
