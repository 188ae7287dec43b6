import { pipeline } from 'node:stream/promises';
import type { Currency } from '@private-lending/locale/currencies';
import { type DecimalMark, decimalMarkIn, hasOpenMark } from '@private-lending/locale/decimal-mark';
import { CsvError, type Options, parse } from 'csv-parse';
import { type DomainError, invalid } from '../../domain/errors.ts';
import { hasStackedMarks, STACKED_MARKS_MAX } from '../../domain/single-line-text.ts';
import { IMPORT_ROWS_MAX } from '../../usecases/imports/import-lenders.ts';
import type { CellError, ImportRowInput } from '../../usecases/imports/parse-import-rows.ts';
import { type Columns, columnsOf } from './columns.ts';
import { FileText, invalidFile } from './decode-file.ts';
import { readFirstRows } from './first-rows.ts';
import { unguard } from './formula-guard.ts';
import { type AmountFormat, parseCsvAmount } from './parse-amount.ts';

export interface LenderFile {
  readonly rows: readonly ImportRowInput[];
  /** Hash of the file's bytes. */
  readonly digest: string;
}

const CELL_LENGTH_MAX = 1000;
/** Bytes of a row; a longer one has an unclosed quote. Also characters of the first line. */
const ROW_LENGTH_MAX = 65_536;
/** Control-Z, with which `copy` of Windows ends the file. */
const END_OF_FILE = '\x1a';
/** Rows with cells, also blank ones, which spreadsheets write below the last row. */
const LINES_MAX = 10 * IMPORT_ROWS_MAX;
const PARSER_OPTIONS = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  trim: true, // also around quotes
  skip_empty_lines: true,
  max_record_size: ROW_LENGTH_MAX,
} satisfies Options;

/**
 * Parses a CSV file of lenders while it arrives; only one chunk and the rows are in memory.
 * @param currency of the loan
 * @throws DomainError for a file that is too large or invalid as a whole; an invalid row gets an `error` instead
 */
export async function readLenderRows(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  currency: Currency,
): Promise<LenderFile> {
  const text = new FileText(chunks);
  const pieces = text.pieces();
  const { head, delimiter } = await readFirstRows(pieces, PARSER_OPTIONS, ROW_LENGTH_MAX);
  const table = new Table({ currency, decimalMark: delimiter === ';' ? undefined : '.', isShown: false });
  const parser = parse({
    ...PARSER_OPTIONS,
    delimiter,
    on_record: (cells: string[], { lines }) => {
      table.add(cells, lines);
      return null; // drops the record
    },
  });
  async function* all() {
    yield head;
    yield* pieces;
  }
  try {
    await pipeline(all(), parser, async (records) => {
      for await (const _ of records); // none: `on_record` passes them to the table
    });
  } catch (error) {
    throw error instanceof CsvError ? toFileError(error, table.nextLine, table.lineAt(parser.info.lines)) : error;
  }
  return { rows: table.rows(), digest: text.digest() };
}

/** The rows read so far. */
class Table {
  readonly #format: AmountFormat;
  readonly #rows: ImportRowInput[] = [];
  /** Decimal marks that the amounts show. */
  readonly #marks = new Set<DecimalMark>();
  /** Indexes of rows whose amount is read by the marks of the others. */
  readonly #openRows: number[] = [];
  #columns: Columns | undefined;
  #lines = 0;
  /** The parser counts a CRLF inside quotes as two lines. */
  #countedTwice = 0;
  /** The first line below the rows read so far. */
  nextLine = 1;

  constructor(format: AmountFormat) {
    this.#format = format;
  }

  /** @param counted the parser's line count */
  lineAt(counted: number): number {
    return counted - this.#countedTwice;
  }

  /** @param counted the parser's line count at the end of the row; @throws DomainError for an invalid header or too many rows */
  add(cells: readonly string[], counted: number): void {
    this.#lines += 1;
    if (this.#lines > LINES_MAX) throw tooManyLines();
    this.#countedTwice += countIn(cells, /\r\n/g);
    this.nextLine = this.lineAt(counted) + 1;
    if (cells.every((cell) => cell.trim() === '' || cell === END_OF_FILE)) return;
    if (!this.#columns) this.#columns = columnsOf(cells, this.#format.currency);
    else if (isBlank(cells, this.#columns)) return;
    else if (this.#rows.length === IMPORT_ROWS_MAX) throw tooManyRows();
    else this.#rows.push(this.#toRow(cells, this.lineAt(counted) - countIn(cells, /\r\n|\r|\n/g), this.#columns));
  }

  rows(): readonly ImportRowInput[] {
    if (!this.#columns) throw invalidFile('The file is empty. Its first line names the columns email and contribution_amount.');
    if (this.#rows.length === 0)
      throw invalidFile('The file has a header and no rows below it with an email, an amount or a name.');
    const [mark] = this.#marks;
    const format = this.#marks.size === 1 ? { ...this.#format, decimalMark: mark, isShown: true } : this.#format;
    for (const index of this.#openRows.splice(0)) {
      const row = this.#rows[index];
      if (row) this.#rows[index] = withAmount(row, format);
    }
    return this.#rows;
  }

  #toRow(cells: readonly string[], line: number, columns: Columns): ImportRowInput {
    const cell = (index: number) => unguard((cells[index] ?? '').trim()).trim();
    const amount = cell(columns.contribution_amount);
    const name = joinNames(columns.name.map(cell)) || null;
    const row = { line, email: cell(columns.email), contribution_amount: amount, name };
    const error = rowViolation(cells, columns, row);
    if (error) return { ...truncate(row), error };
    if (hasOpenMark(amount)) {
      this.#openRows.push(this.#rows.length);
      return row;
    }
    const read = withAmount(row, this.#format);
    const mark = read.error === undefined ? decimalMarkIn(amount) : undefined;
    if (mark !== undefined) this.#marks.add(mark);
    return read;
  }
}

function withAmount(row: ImportRowInput, format: AmountFormat): ImportRowInput {
  const parsed = parseCsvAmount(row.contribution_amount, format);
  return 'message' in parsed ? { ...row, error: parsed } : { ...row, contribution_amount: parsed.amount };
}

/** Whether no known column has a cell: spreadsheets number rows, or keep formulas and notes, below the last lender. */
function isBlank(cells: readonly string[], columns: Columns): boolean {
  return [...knownCells(cells, columns), ...cells.slice(columns.count)].every((cell) => cell.trim() === '');
}

/** First and last name, or the second alone where it is a whole name after all: `Ann` and `Ann Berg`. */
function joinNames([first = '', last = '']: readonly string[]): string {
  return last.startsWith(`${first} `) ? last : [first, last].filter((part) => part !== '').join(' ');
}

function knownCells(cells: readonly string[], { email, contribution_amount, name }: Columns): string[] {
  return cells.filter((_, index) => index === email || index === contribution_amount || name.includes(index));
}

/** Judges only the known columns. A cell beyond the header may have shifted them. */
function rowViolation(
  cells: readonly string[],
  columns: Columns,
  { email, contribution_amount }: ImportRowInput,
): CellError | undefined {
  const { count } = columns;
  if (cells.slice(count).some((cell) => cell.trim() !== '')) {
    const advice = 'Put a cell that contains a comma or other delimiter in quotes.';
    return { reason: 'TOO_MANY_CELLS', message: `The row has ${cells.length} cells under ${count} columns. ${advice}` };
  }
  const known = knownCells(cells, columns);
  if (known.some((cell) => cell.length > CELL_LENGTH_MAX))
    return { reason: 'CELL_TOO_LONG', message: `A cell has more than ${CELL_LENGTH_MAX} characters.` };
  if (known.some(hasStackedMarks))
    return { reason: 'TOO_MANY_ACCENTS', message: `A cell has more than ${STACKED_MARKS_MAX} accents on one letter.` };
  if (email === '') return { reason: 'EMAIL_MISSING', message: 'The row has no email.' };
  return contribution_amount === '' ? { reason: 'AMOUNT_MISSING', message: 'The row has no contribution_amount.' } : undefined;
}

function truncate(row: ImportRowInput): ImportRowInput {
  const cut = (text: string) => text.slice(0, CELL_LENGTH_MAX);
  return { ...row, email: cut(row.email), contribution_amount: cut(row.contribution_amount), name: row.name && cut(row.name) };
}

function countIn(cells: readonly string[], pattern: RegExp): number {
  return cells.reduce((sum, cell) => sum + (cell === '' ? 0 : (cell.match(pattern)?.length ?? 0)), 0);
}

/**
 * @param start the first line in which the row can begin
 * @param line in which it was noticed, too large for a row that has CRLF inside quotes
 */
function toFileError({ code }: CsvError, start: number, line: number): DomainError {
  const where = line === start ? `In line ${line}` : `In the row that begins in line ${start} or below`;
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return invalidFile(`A quote is opened and never closed, in line ${start} or below.`);
    case 'CSV_MAX_RECORD_SIZE':
      return invalidFile(`A row near line ${start} has more than ${ROW_LENGTH_MAX} bytes. Look for a quote that is never closed.`);
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return invalidFile(`${where}, text follows a closing quote. Inside quotes, write a quote twice.`);
    default:
      return invalidFile(`${where}, a quote is inside a cell. Put the whole cell in quotes, and write the inner quote twice.`);
  }
}

function tooManyRows(): DomainError {
  const message = `The file has more than ${IMPORT_ROWS_MAX} rows. Please split it into several files.`;
  return invalid([{ path: '', code: 'TOO_MANY_LENDERS', message }]);
}

function tooManyLines(): DomainError {
  return invalidFile(`The file has more than ${LINES_MAX} rows, blank ones included. Remove the blank rows.`);
}
