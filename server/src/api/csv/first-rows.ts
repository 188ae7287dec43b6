import type { Options } from 'csv-parse';
import { CsvError, parse } from 'csv-parse/sync';
import { requiredColumnsIn } from './columns.ts';
import { invalidFile } from './decode-file.ts';

const DELIMITERS = [',', ';', '\t'] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** Lines, the header included, by which the delimiter is chosen; fewer if they are long. */
const SAMPLE_LINES = 20;
/** The line above the header in which Excel names the delimiter: `sep=;`, in quotes where another tool has saved it. */
const SEPARATOR_LINE = /^\s*"?sep=(\\t|.)"?[ \t]*(?=[\r\n]|$)/i;

export interface FirstRows {
  /** The file's text up to the end of the piece in which the sample ends; blank in place of a line `sep=`. */
  readonly head: string;
  readonly delimiter: Delimiter;
}

/**
 * Reads the header and the first rows, and chooses the delimiter.
 * @param parserOptions with which the file is parsed, but for the delimiter
 * @param lengthMax characters in which the first line must end, blank lines above it included; also of the sample
 * @throws DomainError for a longer line, or a line `sep=` with another delimiter
 */
export async function readFirstRows(
  pieces: AsyncIterator<string, void>,
  parserOptions: Options,
  lengthMax: number,
): Promise<FirstRows> {
  const read: string[] = [];
  const scan = new SampleScan(lengthMax);
  for (let isComplete = false; !isComplete; ) {
    const { value, done } = await pieces.next();
    if (done) break;
    read.push(value);
    isComplete = scan.add(value);
  }
  const head = read.join('');
  const [line = '', separator] = SEPARATOR_LINE.exec(head) ?? [];
  if (separator === undefined) return { head, delimiter: chooseDelimiter(head.slice(0, scan.scanned), parserOptions) };
  // The line breaks stay, so that lines are counted right.
  return { head: line.replaceAll(/[^\r\n]/g, '') + head.slice(line.length), delimiter: toDelimiter(separator) };
}

/**
 * Finds the end of the sample. Scans each character once, whatever the size of the pieces: a search from the start for each
 * piece would be quadratic.
 * @internal exported for tests
 */
export class SampleScan {
  readonly #lengthMax: number;
  /** Lines that have ended, without blank ones. */
  #lines = 0;
  /** Characters of the line so far; 0 in a blank one. */
  #length = 0;
  /** Characters scanned so far. */
  scanned = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** @returns whether the sample ends in the piece @throws DomainError where the first line has not ended in its maximum length */
  add(piece: string): boolean {
    for (const character of piece) {
      if (this.scanned + character.length > this.#lengthMax) {
        if (this.#lines === 0) throw endlessLine(this.#lengthMax);
        return true;
      }
      this.scanned += character.length;
      const isBreak = character === '\n' || character === '\r';
      if (isBreak && this.#length > 0) this.#lines += 1;
      if (this.#lines === SAMPLE_LINES) return true;
      if (isBreak) this.#length = 0;
      else if (this.#length > 0 || character.trim() !== '') this.#length += 1;
    }
    return false;
  }
}

/**
 * Chooses the delimiter with which the header has most of the required columns, then most rows fit the header, then the
 * header has most cells. The number of commas or semicolons decides nothing else: names, notes and amounts contain them too.
 */
function chooseDelimiter(sample: string, parserOptions: Options): Delimiter {
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(parseSample(sample, delimiter, parserOptions)) }));
  return scored.reduce((best, next) => (isHigher(next.score, best.score) ? next : best)).delimiter;
}

/** The rows up to the first with broken quotes, which are reported when the file is parsed; of a broken header its first line. */
function parseSample(sample: string, delimiter: Delimiter, parserOptions: Options): string[][] {
  const rows: string[][] = [];
  try {
    parse(sample, {
      ...parserOptions,
      delimiter,
      on_record: (cells: string[]) => {
        if (cells.some((cell) => cell.trim() !== '')) rows.push(cells);
        return null; // drops the record
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (rows.length === 0)
      rows.push(
        sample
          .trimStart()
          .split(/[\r\n]/, 1)
          .flatMap((line) => line.split(delimiter)),
      );
  }
  return rows;
}

type Score = readonly [requiredColumns: number, fittingRows: number, headerCells: number];

function scoreOf([header = [], ...rows]: readonly string[][]): Score {
  const { email, contribution_amount: amount } = requiredColumnsIn(header);
  const fits = (cells: readonly string[]) =>
    cells.length === header.length &&
    (email === undefined || (cells[email] ?? '').includes('@')) &&
    (amount === undefined || /\d/.test(cells[amount] ?? ''));
  const found = [email, amount].filter((column) => column !== undefined).length;
  return [found, header.length > 1 ? rows.filter(fits).length : 0, header.length];
}

function isHigher(a: Score, b: Score): boolean {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index >= 0 && (a[index] ?? 0) > (b[index] ?? 0);
}

function toDelimiter(separator: string): Delimiter {
  const delimiter = DELIMITERS.find((known) => known === separator.replace('\\t', '\t'));
  if (delimiter !== undefined) return delimiter;
  throw invalidFile(`The line sep=${separator} names a delimiter that is not read. Separate cells by comma, semicolon or tab.`);
}

function endlessLine(lengthMax: number) {
  return invalidFile(
    `The first line has no end in the first ${lengthMax} characters. Put the names of the columns in it, and each lender on a line below.`,
  );
}
