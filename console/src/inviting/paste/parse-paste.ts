import type { Currency } from '@private-lending/locale/currencies';
import { readAmount } from '@private-lending/locale/read-amount';
import { countAddresses, parseAddressList, takeAddress } from './address-list.ts';
import { type Header, parseHeader } from './header.ts';
import { FIELDS, type Field, type Paste, type PastedRow } from './paste.ts';
import { type Delimiter, splitCells } from './split-cells.ts';

/**
 * Reads a paste from a spreadsheet, a file of lenders, or a list of addresses. Every cell that is not blank is in the result.
 * @param field that has the focus
 * @returns undefined for one value, which the field takes as it is
 */
export function parsePaste(text: string, field: Field, currency: Currency): Paste | undefined {
  const clean = text.replace(/^\ufeff/, '');
  const isOneLine = !/[\t\r\n]/.test(clean.trim());
  if (isOneLine && !isSeveralValues(clean)) return undefined;
  const isAmount = (cell: string) => looksLikeAmount(cell, currency);
  const delimiter = chooseDelimiter(clean);
  const split = splitCells(clean, delimiter);
  while (split.at(-1)?.every(isBlank)) split.pop();
  const start = split.findIndex((cells) => !cells.every(isBlank));
  if (start < 0) return undefined;
  const header = parseHeader((split[start] ?? []).map(toLine), start < split.length - 1);
  const width = header?.titles.length ?? 0;
  const rows = split.map((cells) => (delimiter === ',' && cells.length > width ? joinSplitAmounts(cells) : cells).map(toLine));
  if (header) return withHeader(header, rows.slice(start + 1), currency);
  const lines = rows.map((cells): Line => ({ cells, isList: isAddressList(cells, delimiter) }));
  const columns = columnsByContent(lines, isAmount);
  if (columns.email === undefined && !lines.some(({ isList }) => isList)) return below(field, rows);
  const people = lines.flatMap(({ cells, isList }) =>
    isList ? parseAddressList(toList(cells, delimiter), isAmount) : [toRow(cells, columns, isAmount)],
  );
  return { kind: 'lenders', header: undefined, rows: people.filter(hasCells) };
}

interface Line {
  readonly cells: readonly string[];
  /** Several addresses, or one with its name, as mail programs write them. */
  readonly isList: boolean;
}

/** Indexes of columns. */
interface Columns {
  readonly email: number | undefined;
  readonly amount: number | undefined;
  readonly name: number | undefined;
}

function isSeveralValues(text: string): boolean {
  const addresses = countAddresses(text);
  return addresses > 1 || (addresses === 1 && takeAddress(text).around !== '');
}

/** Cells of a spreadsheet are separated by tabs. A semicolon takes precedence over a comma, which may be in an amount or name. */
function chooseDelimiter(text: string): Delimiter {
  if (text.includes('\t')) return '\t';
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.filter((line) => line.includes(';')).length * 2 >= lines.length ? ';' : ',';
}

/** Joins `1` and `200` of `ann@example.com,1,200` again. What is no amount after all stays visible as one. */
function joinSplitAmounts(cells: readonly string[]): string[] {
  const joined: string[] = [];
  for (const cell of cells) {
    const last = joined.at(-1);
    if (last !== undefined && /(?:^|[^\d.])\d{1,3}$|,\d{3}$/.test(last) && /^\d{3}(?!\d)/.test(cell))
      joined[joined.length - 1] = `${last},${cell}`;
    else joined.push(cell);
  }
  return joined;
}

function isAddressList(cells: readonly string[], delimiter: Delimiter): boolean {
  const filled = cells.filter((cell) => cell !== '');
  const addresses = filled.reduce((sum, cell) => sum + countAddresses(cell), 0);
  if (delimiter === '\t') return addresses > 1 && filled.length === 1;
  return addresses > 1 || filled.some((cell) => /<[^<>@]*@[^<>]*>/.test(cell));
}

/** The column of the addresses is that with most of them, and so that of the amounts; another with text is that of the names. */
function columnsByContent(lines: readonly Line[], isAmount: (cell: string) => boolean): Columns {
  const rows = lines.flatMap(({ cells, isList }) => (isList ? [] : [cells]));
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  const counts = Array.from({ length: width }, (_, column) => {
    const cells = rows.flatMap((row) => (row[column] ? [row[column]] : []));
    return {
      column,
      filled: cells.length,
      addresses: cells.filter((cell) => countAddresses(cell) === 1).length,
      amounts: cells.filter(isAmount).length,
    };
  });
  const email = largest(counts, ({ addresses }) => addresses);
  const others = counts.filter(({ column }) => column !== email);
  // Of two alike, the last: numbers of rows are before the names.
  const amount = largest(others.toReversed(), ({ amounts, filled }) => (amounts * 2 > filled ? amounts : 0));
  const name = largest(
    others.filter(({ column }) => column !== amount),
    ({ filled, amounts }) => filled - amounts,
  );
  return { email, amount, name };
}

/** @returns the column of the largest figure above 0; of several the first */
function largest<T extends { readonly column: number }>(columns: readonly T[], figure: (column: T) => number): number | undefined {
  let best: T | undefined;
  for (const column of columns) if (figure(column) > (best ? figure(best) : 0)) best = column;
  return best?.column;
}

function toRow(cells: readonly string[], columns: Columns, isAmount: (cell: string) => boolean): PastedRow {
  const { email, amount, ...column } = withAddressAt(cells, columns);
  const cell = (index: number | undefined) => (index === undefined ? '' : (cells[index] ?? ''));
  const name = isAmount(cell(column.name)) ? undefined : column.name; // a figure is not a name
  const leftovers = cells.filter((text, index) => text !== '' && ![email, name, amount].includes(index));
  return withAddress({ email: cell(email), name: cell(name), amount: cell(amount), leftovers }, isAmount);
}

/** In a row with its address in another column, the two columns are exchanged. */
function withAddressAt(cells: readonly string[], { email, name, amount }: Columns): Columns {
  const found = cells.findIndex((cell) => countAddresses(cell) === 1);
  if (found < 0 || (email !== undefined && countAddresses(cells[email] ?? '') === 1)) return { email, name, amount };
  const exchange = (column: number | undefined) => (column === found ? email : column);
  return { email: found, name: exchange(name), amount: exchange(amount) };
}

/** Takes the name or amount out of a cell such as `Ann Berg <ann@example.com>`. */
function withAddress(row: PastedRow & { readonly email: string }, isAmount: (cell: string) => boolean): PastedRow {
  if (countAddresses(row.email) !== 1) return row;
  const { email, around } = takeAddress(row.email);
  if (around === '') return { ...row, email };
  if (around === row.name) return { ...row, email, notes: [...(row.notes ?? []), around] };
  if (isAmount(around) && !row.amount) return { ...row, email, amount: around };
  if (!isAmount(around) && !row.name) return { ...row, email, name: around };
  return { ...row, email, leftovers: [...(row.leftovers ?? []), around] };
}

function withHeader(header: Header, rows: readonly (readonly string[])[], currency: Currency): Paste {
  const isAmount = (cell: string) => looksLikeAmount(cell, currency);
  const known = new Set([header.email, header.amount, ...header.name]);
  const toPasted = (cells: readonly string[]): PastedRow => {
    const cell = (index: number | undefined) => (index === undefined ? '' : (cells[index] ?? ''));
    const leftovers = cells.slice(header.titles.length).filter((text) => text !== '');
    const notes = cells.flatMap((text, index) => {
      const title = header.titles[index];
      return text === '' || title === undefined || known.has(index) ? [] : [title === '' ? text : `${title}: ${text}`];
    });
    const amount = inCurrency(cell(header.amount), header, currency);
    return withAddress({ email: cell(header.email), name: joinName(header.name.map(cell)), amount, leftovers, notes }, isAmount);
  };
  const pasted = rows.map(toPasted);
  const kind = header.email === undefined ? 'cells' : 'lenders';
  return { kind, header: header.titles, rows: kind === 'cells' ? pasted : pasted.filter(hasCells) };
}

/** Writes the currency of the column beside the amount, if it is another one than the loan's: then it is not taken for that. */
function inCurrency(amount: string, { currency: named }: Header, { code }: Currency): string {
  return amount === '' || !named || named.codes.includes(code) ? amount : `${amount} ${named.text}`;
}

/** First and last name, or the second alone where it is a whole name after all: `Ann` and `Ann Berg`. */
function joinName([first = '', last = '']: readonly string[]): string {
  return last.startsWith(`${first} `) ? last : [first, last].filter((part) => part !== '').join(' ');
}

/** Fills from the focused field to the right. Blank rows stay, as amounts are beside the people that they are for. */
function below(field: Field, rows: readonly (readonly string[])[]): Paste {
  const fields = FIELDS.slice(FIELDS.indexOf(field));
  const toPasted = (cells: readonly string[]): PastedRow => ({
    ...Object.fromEntries(fields.flatMap((name, index) => (cells[index] ? [[name, cells[index]]] : []))),
    leftovers: cells.slice(fields.length).filter((text) => text !== ''),
  });
  return { kind: 'cells', header: undefined, rows: rows.map(toPasted) };
}

/** Whether a text is an amount, be it one that can't be used. */
function looksLikeAmount(text: string, currency: Currency): boolean {
  const read = readAmount(text, { currency });
  return 'amount' in read || read.problem.kind !== 'malformed';
}

function hasCells({ email, name, amount, leftovers = [], notes = [] }: PastedRow): boolean {
  return [email, name, amount, ...leftovers, ...notes].some((text) => text !== undefined && text !== '');
}

function isBlank(cell: string): boolean {
  return cell.trim() === '';
}

/** A field has one line. */
function toLine(cell: string): string {
  return cell.replaceAll(/\s+/g, ' ').trim();
}

/** The cells as one line again, with the quotes that a cell needs to be one part of it. */
function toList(cells: readonly string[], delimiter: Delimiter): string {
  const quoted = (cell: string) => (/[,;]/.test(cell) && !cell.includes('"') && countAddresses(cell) === 0 ? `"${cell}"` : cell);
  return cells.map(quoted).join(delimiter === '\t' ? ' ' : `${delimiter} `);
}
