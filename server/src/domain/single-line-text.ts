/** Line breaks, other control characters, and marks that change the writing direction. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * Parses a line of free text: trimmed, in Unicode NFC.
 * @param lengthMax in characters (code points)
 * @returns null for empty text, undefined where it is too long or has forbidden characters
 */
export function parseSingleLine(input: string, lengthMax: number): string | null | undefined {
  const line = input.trim().normalize('NFC');
  if (line === '') return null;
  return line.isWellFormed() && !FORBIDDEN.test(line) && [...line].length <= lengthMax ? line : undefined;
}
