/** Line breaks, other controls, and the marks that turn the direction of writing: none has a place in a name. */
const UNFIT = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * Reads a line of free text: trimmed, in Unicode NFC.
 * @param lengthMax in characters (code points)
 * @returns null where nothing is left of it, undefined where it is too long or not one line of text
 */
export function parseSingleLine(sent: string, lengthMax: number): string | null | undefined {
  const line = sent.trim().normalize('NFC');
  if (line === '') return null;
  return line.isWellFormed() && !UNFIT.test(line) && [...line].length <= lengthMax ? line : undefined;
}
