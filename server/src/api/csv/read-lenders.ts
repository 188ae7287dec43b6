import { pipeline } from 'node:stream/promises';
import { CsvError, type Parser, parse } from 'csv-parse';
import { type DomainError, invalid } from '../../domain/errors.ts';
import { IMPORT_ROWS_MAX } from '../../usecases/imports/import-lenders.ts';
import type { ImportRowInput } from '../../usecases/imports/parse-import-rows.ts';
import { type Columns, columnsOf } from './columns.ts';
import { FileText } from './decode-file.ts';
import { readAmount } from './parse-amount.ts';

export interface LenderFile {
  readonly rows: readonly ImportRowInput[];
  /** Tells the file's bytes from any others. */
  readonly digest: string;
}

const CELL_LENGTH_MAX = 1000;
/** A row that is longer has lost a quote. */
const ROW_LENGTH_MAX = 65_536;
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * Reads a file of lenders as it arrives, never holding more of it than a piece and the rows.
 * @throws DomainError where it is too large, or can't be read as a whole; what is wrong with a single row is told with the row
 */
export async function readLenderRows(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<LenderFile> {
  const text = new FileText(chunks);
  const pieces = text.pieces();
  const { head, delimiter } = await headOf(pieces);
  const table = new Table(delimiter);
  const parser = parserFor(table, delimiter);
  async function* all() {
    yield head;
    for await (const piece of pieces) {
      table.check();
      yield piece;
    }
  }
  try {
    await pipeline(all(), parser, async (records) => {
      for await (const _ of records); // each was taken over when it was parsed
    });
  } catch (fault) {
    throw fault instanceof CsvError ? malformed(fault, table.lineAt(parser.info.lines)) : fault;
  }
  return { rows: table.rows(), digest: text.digest() };
}

/** @returns what came up to the end of the first line that has something, and what parts its cells */
async function headOf(pieces: AsyncGenerator<string, void, undefined>): Promise<{ head: string; delimiter: string }> {
  let head = '';
  while (!/\S[^\r\n]*[\r\n]/.test(head) && head.length < ROW_LENGTH_MAX) {
    const { value, done } = await pieces.next();
    if (done) break;
    head += value;
  }
  const line = /\S[^\r\n]*/.exec(head)?.[0] ?? '';
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  const most = counted.reduce((best, next) => (next.count > best.count ? next : best));
  return { head, delimiter: most.delimiter };
}

function parserFor(table: Table, delimiter: string): Parser {
  return parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_LENGTH_MAX,
    on_record: (cells: string[], { lines }) => table.take(cells, lines),
  });
}

/** The rows that were read so far, and how to read them. */
class Table {
  readonly #pointIsDecimal: boolean;
  readonly #rows: ImportRowInput[] = [];
  #columns: Columns | undefined;
  #fault: unknown;
  /** The parser counts a line break of two characters twice where it stands inside of quotes. */
  #countedTwice = 0;

  constructor(delimiter: string) {
    this.#pointIsDecimal = delimiter !== ';';
  }

  /** The line of the file that the parser is at. */
  lineAt(counted: number): number {
    return counted - this.#countedTwice;
  }

  /** What is wrong with the whole is told later, by `check`: the parser is no place to throw. @param counted where the row ends */
  take(cells: readonly string[], counted: number): null {
    this.#countedTwice += countIn(cells, /\r\n/g);
    if (this.#fault !== undefined || cells.every((cell) => cell.trim() === '')) return null;
    try {
      if (!this.#columns) this.#columns = columnsOf(cells);
      else if (this.#rows.length === IMPORT_ROWS_MAX) throw tooMany();
      else this.#rows.push(this.#rowOf(cells, this.lineAt(counted) - countIn(cells, /\r\n|\r|\n/g), this.#columns));
    } catch (fault) {
      this.#fault = fault;
    }
    return null;
  }

  check(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  rows(): readonly ImportRowInput[] {
    this.check();
    if (!this.#columns) throw refused('The file is empty. Its first line names the columns email and contribution_amount.');
    if (this.#rows.length === 0) throw refused('The file has a header and no rows below it.');
    return this.#rows;
  }

  #rowOf(cells: readonly string[], line: number, columns: Columns): ImportRowInput {
    const cell = (at: number | undefined) => (at === undefined ? '' : (cells[at] ?? '').trim());
    const written = cell(columns.contribution_amount);
    const name = cell(columns.name);
    const row = { line, email: cell(columns.email), contribution_amount: written, name: name === '' ? null : name };
    const flaw = rowProblem(cells, columns, row);
    if (flaw !== undefined) return { ...bounded(row), problem: { message: flaw } };
    const read = readAmount(written, this.#pointIsDecimal);
    return 'problem' in read ? { ...row, problem: { message: read.problem } } : { ...row, contribution_amount: read.amount };
  }
}

function rowProblem(
  cells: readonly string[],
  { count }: Columns,
  { email, contribution_amount }: ImportRowInput,
): string | undefined {
  if (cells.slice(count).some((cell) => cell.trim() !== ''))
    return `The row has ${cells.length} cells under ${count} columns. Put a cell that has a comma or the like in it in quotes.`;
  if (cells.some((cell) => cell.length > CELL_LENGTH_MAX)) return `A cell has more than ${CELL_LENGTH_MAX} characters.`;
  if (email === '') return 'The row has no email.';
  return contribution_amount === '' ? 'The row has no contribution_amount.' : undefined;
}

function bounded(row: ImportRowInput): ImportRowInput {
  const cut = (text: string) => text.slice(0, CELL_LENGTH_MAX);
  return { ...row, email: cut(row.email), contribution_amount: cut(row.contribution_amount), name: row.name && cut(row.name) };
}

function countIn(cells: readonly string[], what: RegExp): number {
  return cells.reduce((sum, cell) => sum + (cell.match(what)?.length ?? 0), 0);
}

function malformed({ code }: CsvError, line: number): DomainError {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return refused(`A quote is opened and never closed, in line ${line} or above it.`);
    case 'CSV_MAX_RECORD_SIZE':
      return refused(`A row near line ${line} has more than ${ROW_LENGTH_MAX} characters. Look for a quote that is never closed.`);
    case 'CSV_INVALID_CLOSING_QUOTE':
      return refused(`In line ${line}, text goes on behind a closing quote. Inside of quotes, write a quote twice.`);
    default:
      return refused(
        `In line ${line}, a quote stands inside of a cell. Put the whole cell in quotes, and write the inner quote twice.`,
      );
  }
}

function tooMany(): DomainError {
  const message = `The file has more than ${IMPORT_ROWS_MAX} rows. Please split it into several files.`;
  return invalid([{ path: '', code: 'TOO_MANY_LENDERS', message }]);
}

function refused(message: string): DomainError {
  return invalid([{ path: '', code: 'INVALID', message }]);
}
