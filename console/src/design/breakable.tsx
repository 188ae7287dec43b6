import { Fragment, type ReactNode } from 'react';
import { unbroken } from './components/unbroken.ts';

/** A text whose e-mail addresses break after their `@` and before their dots, where they are too long for a line. Other words don’t. */
export function breakable(text: string): ReactNode {
  return piecesOf(text).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no state
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {unbroken(piece)}
    </Fragment>
  ));
}

/** @internal exported for tests */
export function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const [word] of text.matchAll(/\s+|\S+/gu)) {
    const [start = '', ...more] = word.includes('@') ? word.split(/(?<=@)|(?=\.[^.])/u) : [word];
    piece += start;
    for (const next of more) {
      pieces.push(piece);
      piece = next;
    }
  }
  return [...pieces, piece];
}
