/** Line breaks, other control characters, and marks that change the writing direction. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** More combining marks on one letter than any language writes: the limit of Unicode's Stream-Safe Text Format (UAX #15). */
export const STACKED_MARKS_MAX = 30;
const STACKED_MARKS = /\p{M}{31}/u;
/** Code units of one character before it is composed: up to four code points. */
const UNITS_PER_CHARACTER = 8;

/** Whether normalizing the text could be slow: it sorts the marks on a letter, in time quadratic in their number. */
export function hasStackedMarks(text: string): boolean {
  return STACKED_MARKS.test(text);
}

/**
 * Parses a line of free text: trimmed, in Unicode NFC.
 * @param lengthMax in characters (code points)
 * @returns null for empty text, undefined where it is too long or has forbidden characters or stacked marks
 */
export function parseSingleLine(input: string, lengthMax: number): string | null | undefined {
  const trimmed = input.trim();
  if (trimmed.length > UNITS_PER_CHARACTER * lengthMax || hasStackedMarks(trimmed)) return undefined;
  const line = trimmed.normalize('NFC');
  if (line === '') return null;
  return line.isWellFormed() && !FORBIDDEN.test(line) && [...line].length <= lengthMax ? line : undefined;
}
