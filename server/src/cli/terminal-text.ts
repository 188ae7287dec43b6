/* Text of others in a terminal: columns of wide characters, and no control of the terminal. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** East Asian Wide and Fullwidth (UAX 11), and emoji. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
/** Controls, line separators and what reorders or hides text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff]/gu;

/**
 * Columns that a terminal uses for a text without controls.
 * @internal exported for tests
 */
export function widthOf(text: string): number {
  return [...segmenter.segment(text)].reduce((width, { segment }) => width + (WIDE.test(segment) ? 2 : 1), 0);
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Writes controls as their code points, so that a file can't move the cursor or colour the terminal. */
export function showControls(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u{${control.codePointAt(0)?.toString(16)}}`);
}
