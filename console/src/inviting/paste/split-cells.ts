export type Delimiter = '\t' | ';' | ',';

/** What may be around the quotes of a cell. Not a tab or line break. */
const SPACE = /[^\S\t\r\n]/;

/**
 * Splits text into rows of cells. A cell may be in double quotes, as spreadsheets write one with a delimiter or line break in it.
 * A quote without its pair, or with text behind the pair, is a character like others: nothing is dropped.
 */
export function splitCells(text: string, delimiter: Delimiter): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const cell = readQuoted(text, at, delimiter) ?? readPlain(text, at, delimiter);
    row.push(cell.text);
    if (text[cell.end] === delimiter) {
      at = cell.end + 1;
      continue;
    }
    rows.push(row);
    row = [];
    at = cell.end + (text.startsWith('\r\n', cell.end) ? 2 : 1);
  }
  return rows;
}

interface Cell {
  readonly text: string;
  /** Index of the delimiter or line break behind it. */
  readonly end: number;
}

function readPlain(text: string, start: number, delimiter: Delimiter): Cell {
  let end = start;
  while (end < text.length && !isEnd(text[end], delimiter)) end += 1;
  return { text: text.slice(start, end), end };
}

/** @returns undefined for a cell that is not in quotes as a whole */
function readQuoted(text: string, start: number, delimiter: Delimiter): Cell | undefined {
  const open = skipSpace(text, start);
  if (text[open] !== '"') return undefined;
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return undefined;
  const end = skipSpace(text, close + 1);
  if (end < text.length && !isEnd(text[end], delimiter)) return undefined;
  return { text: text.slice(open + 1, close).replaceAll('""', '"'), end };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (SPACE.test(text[at] ?? '')) at += 1;
  return at;
}

function isEnd(character: string | undefined, delimiter: Delimiter): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}
