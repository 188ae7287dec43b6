import { type ColumnName, type ColumnTitle, parseTitle } from '@private-lending/locale/column-names';
import type { Currency } from '@private-lending/locale/currencies';
import { describeCurrency } from '@private-lending/locale/currency-signs';
import { invalidFile } from './decode-file.ts';

/** Indexes of the columns in a row. */
export interface Columns {
  readonly email: number;
  readonly contribution_amount: number;
  /** The parts of the name, first name first; empty where the file has none. */
  readonly name: readonly number[];
  readonly count: number;
}

/** One for each column of the file; undefined for a column that is not read. */
type Titles = readonly (ColumnTitle | undefined)[];

/** Characters of a column's name that are shown. */
const SHOWN_MAX = 40;

/**
 * @param currency of the loan
 * @throws DomainError for a header without a required column, with two of the same, or with amounts in another currency
 */
export function columnsOf(header: readonly string[], currency: Currency): Columns {
  const titles = header.map(parseTitle);
  const email = columnOf('email', titles, header);
  const amount = amountColumnOf(titles, header, currency);
  if (email === undefined || amount === undefined) {
    const missing = [...(email === undefined ? ['email'] : []), ...(amount === undefined ? ['contribution_amount'] : [])];
    const found = header.map(shown).join(', ');
    throw invalidFile(
      `The first line must name the columns email and contribution_amount, separated by comma, semicolon or tab. It lacks ${missing.join(' and ')}; it has ${found.slice(0, 500)}.`,
    );
  }
  return { email, contribution_amount: amount, name: nameColumnsOf(titles, header), count: header.length };
}

/** Indexes of the required columns in a header; of several candidates the first. */
export function requiredColumnsIn(header: readonly string[]): {
  email: number | undefined;
  contribution_amount: number | undefined;
} {
  const titles = header.map(parseTitle);
  return { email: indexesOf('email', titles)[0], contribution_amount: indexesOf('contribution_amount', titles)[0] };
}

/** Skips columns in another currency where there is one in the loan's or without a currency. */
function amountColumnOf(titles: Titles, header: readonly string[], { code }: Currency): number | undefined {
  const isReadable = (title: Titles[number]) => title?.currency?.codes.includes(code) !== false;
  const readable = titles.map((title) => (isReadable(title) ? title : undefined));
  const column = columnOf('contribution_amount', readable, header);
  const [other = -1] = indexesOf('contribution_amount', titles);
  const currency = titles[other]?.currency;
  if (column !== undefined || !currency) return column;
  throw invalidFile(
    `In the header, the column ${shown(header[other])} is in ${describeCurrency(currency.text, currency.codes)}, but the loan is in ${code}. Convert the amounts to ${code}, and name the column contribution_amount.`,
  );
}

/**
 * The column of the whole name, or those of first and last name. With only one of these, a column `name` is the other:
 * `Vorname` and `Name`, or `Nombre` and `Apellidos`.
 */
function nameColumnsOf(titles: Titles, header: readonly string[]): number[] {
  const [name, first, last] = (['name', 'first_name', 'last_name'] as const).map((column) => columnOf(column, titles, header));
  const isWhole = name !== undefined && (first === undefined) === (last === undefined);
  return (isWhole ? [name] : [first ?? name, last ?? name]).filter((index) => index !== undefined);
}

function columnOf(column: ColumnName, titles: Titles, header: readonly string[]): number | undefined {
  const [first, second] = indexesOf(column, titles);
  if (first !== undefined && second !== undefined)
    throw invalidFile(
      `The columns ${shown(header[first])} and ${shown(header[second])} both are ${column}. Rename or remove one of them.`,
    );
  return first;
}

function indexesOf(column: ColumnName, titles: Titles): number[] {
  const indexes = titles.flatMap((title, index) => (title?.column === column ? [index] : []));
  const own = indexes.filter((index) => titles[index]?.isOwn);
  return own.length > 0 ? own : indexes;
}

function shown(cell = ''): string {
  return `"${cell.trim().slice(0, SHOWN_MAX)}"`;
}
