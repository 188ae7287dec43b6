import { invalidFile } from './decode-file.ts';

const DELIMITERS = [',', ';', '\t'] as const;
type Delimiter = (typeof DELIMITERS)[number];

export interface FirstLine {
  /** The file's text up to the end of the piece in which the first line that is not blank ends. */
  readonly head: string;
  /** The delimiter that occurs most often in the line. */
  readonly delimiter: Delimiter;
}

/**
 * Reads up to the end of the first line that is not blank.
 * @param lengthMax characters in which the line must end, blank lines above it included
 * @throws DomainError for a longer line
 */
export async function readFirstLine(pieces: AsyncIterator<string, void>, lengthMax: number): Promise<FirstLine> {
  const head: string[] = [];
  const scan = new FirstLineScan(lengthMax);
  for (let isComplete = false; !isComplete; ) {
    const { value, done } = await pieces.next();
    if (done) break;
    head.push(value);
    isComplete = scan.add(value);
  }
  return { head: head.join(''), delimiter: scan.delimiter() };
}

/**
 * Scans each character once, whatever the size of the pieces: a search from the start for each piece would be quadratic.
 * @internal exported for tests
 */
export class FirstLineScan {
  readonly #lengthMax: number;
  readonly #counts: Record<Delimiter, number> = { ',': 0, ';': 0, '\t': 0 };
  /** Characters of the line so far; 0 in blank lines above it. */
  #length = 0;
  /** Characters scanned so far. */
  scanned = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** @returns whether the line ends in the piece @throws DomainError where it has not ended within its maximum length */
  add(piece: string): boolean {
    for (const character of piece) {
      this.scanned += character.length;
      if (this.scanned > this.#lengthMax) throw endlessLine(this.#lengthMax);
      if (this.#length === 0 && character.trim() === '') continue;
      if (character === '\n' || character === '\r') return true;
      this.#length += 1;
      if (isDelimiter(character)) this.#counts[character] += 1;
    }
    return false;
  }

  delimiter(): Delimiter {
    return DELIMITERS.reduce((best, next) => (this.#counts[next] > this.#counts[best] ? next : best));
  }
}

function isDelimiter(character: string): character is Delimiter {
  return character === ',' || character === ';' || character === '\t';
}

function endlessLine(lengthMax: number) {
  return invalidFile(
    `The first line has no end in the first ${lengthMax} characters. Put the names of the columns in it, and each lender on a line below.`,
  );
}
