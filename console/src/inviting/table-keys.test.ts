import { describe, expect, it } from 'vitest';
import { moveOf } from './table-keys.ts';

const PRESS = {
  hasModifier: false,
  hasShift: false,
  field: 'name',
  isAtStart: false,
  isAtEnd: false,
  isRightToLeft: false,
} as const;

describe('moveOf', () => {
  it.each([
    [{ key: 'Enter' }, { rows: 1, field: 'name' }],
    [
      { key: 'Enter', field: 'amount' },
      { rows: 1, field: 'email' },
    ],
    [
      { key: 'Enter', hasShift: true },
      { rows: -1, field: 'name' },
    ],
    [{ key: 'ArrowUp' }, { rows: -1, field: 'name' }],
    [{ key: 'ArrowDown' }, { rows: 1, field: 'name' }],
    [
      { key: 'ArrowLeft', isAtStart: true },
      { rows: 0, field: 'email' },
    ],
    [
      { key: 'ArrowRight', isAtEnd: true },
      { rows: 0, field: 'amount' },
    ],
    [
      { key: 'ArrowRight', isAtStart: true, isRightToLeft: true },
      { rows: 0, field: 'email' },
    ],
  ] as const)('moves the focus for %j', (press, move) => {
    expect(moveOf({ ...PRESS, ...press })).toEqual(move);
  });

  it.each([
    { key: 'Tab' },
    { key: 'a' },
    { key: 'ArrowLeft' },
    { key: 'ArrowRight' },
    { key: 'ArrowLeft', isAtStart: true, field: 'email' },
    { key: 'ArrowRight', isAtEnd: true, field: 'amount' },
    { key: 'ArrowDown', hasModifier: true },
    { key: 'ArrowUp', hasShift: true },
  ] as const)('leaves %j to the field', (press) => {
    expect(moveOf({ ...PRESS, ...press })).toBeUndefined();
  });
});
