import { FIELDS, type Field } from './paste/paste.ts';

interface KeyPress {
  readonly key: string;
  readonly hasModifier: boolean;
  readonly hasShift: boolean;
  readonly field: Field;
  /** Where the caret is in the text of the cell, without a selection. */
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  readonly isRightToLeft: boolean;
}

/** Where a key leads from a cell of the table. */
export interface Move {
  readonly rows: -1 | 0 | 1;
  readonly field: Field;
}

/**
 * Enter goes down, from the last column to the start of the next row. Arrow keys go up and down, and to the side at an end of the
 * text. Tab is the browser's.
 * @returns undefined for keys that the field handles
 */
export function moveOf({ key, hasModifier, hasShift, field, isAtStart, isAtEnd, isRightToLeft }: KeyPress): Move | undefined {
  if (hasModifier || (hasShift && key !== 'Enter')) return undefined;
  const column = FIELDS.indexOf(field);
  const [before, after] = [FIELDS[column - 1], FIELDS[column + 1]];
  switch (key) {
    case 'Enter':
      if (hasShift) return { rows: -1, field };
      return { rows: 1, field: after === undefined ? 'email' : field };
    case 'ArrowUp':
      return { rows: -1, field };
    case 'ArrowDown':
      return { rows: 1, field };
    case isRightToLeft ? 'ArrowRight' : 'ArrowLeft':
      return isAtStart && before !== undefined ? { rows: 0, field: before } : undefined;
    case isRightToLeft ? 'ArrowLeft' : 'ArrowRight':
      return isAtEnd && after !== undefined ? { rows: 0, field: after } : undefined;
    default:
      return undefined;
  }
}
