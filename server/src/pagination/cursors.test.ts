import { describe, expect, it } from 'vitest';
import { DomainError } from '../domain/errors.ts';
import { type CursorScope, Cursors } from './cursors.ts';

const cursors = new Cursors(Buffer.alloc(32, 7));
const SCOPE: CursorScope = ['ana', 'ListLenders', 'loan-1', undefined];
const sealed = cursors.encode('position', SCOPE);

function refusalOf(cursor: string, scope: CursorScope = SCOPE, opener = cursors): DomainError {
  try {
    opener.decode(cursor, scope, 'cursor');
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
  throw new Error(`${cursor} was taken`);
}

describe('a cursor', () => {
  it.each(['position', '', '12.3', 'ünïcödé \u{1f3e0}', '0'.repeat(300)])('leads back to the position %j', (position) => {
    expect(cursors.decode(cursors.encode(position, SCOPE), SCOPE, 'cursor')).toBe(position);
  });

  it('leads nowhere where there is none', () => {
    expect(cursors.decode(undefined, SCOPE, 'cursor')).toBeUndefined();
  });

  it('can stand in a URL as it is', () => {
    expect(cursors.encode('a/b?c&d+e', SCOPE)).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['another user', ['ben', 'ListLenders', 'loan-1', undefined]],
    ['another call', ['ana', 'ReadEvents', 'loan-1', undefined]],
    ['another loan', ['ana', 'ListLenders', 'loan-2', undefined]],
    ['another filter', ['ana', 'ListLenders', 'loan-1', 'pending']],
    ['fewer parts', ['ana', 'ListLenders', 'loan-1']],
    ['the same text, parted elsewhere', ['ana', 'ListLenders,loan-1', undefined]],
  ])('serves nowhere else: %s', (_where, scope) => {
    expect(refusalOf(sealed, scope).code).toBe('VALIDATION_ERROR');
  });

  it('serves with its own installation only', () => {
    expect(refusalOf(sealed, SCOPE, new Cursors(Buffer.alloc(32, 8))).code).toBe('VALIDATION_ERROR');
  });

  it.each([
    ['empty', ''],
    ['garbage', 'garbage'],
    ['not of its alphabet', '?*%'],
    ['truncated', sealed.slice(0, -1)],
    ['truncated by a byte', sealed.slice(0, -4)],
    ['nothing but its seal', sealed.slice(0, 16)],
    ['extended', `${sealed}A`],
    ['extended by a byte', `${sealed}AAAA`],
    ['padded', `${sealed}==`],
    ['with a space', ` ${sealed}`],
    ['with a line break', `${sealed}\n`],
    ['in the other alphabet', `${sealed.slice(0, 4)}+${sealed.slice(4)}`],
    ['very long', 'A'.repeat(100_000)],
    ['of another position', cursors.encode('positiom', SCOPE).slice(0, 16) + sealed.slice(16)],
  ])('is refused where it is %s', (_how, cursor) => {
    const refusal = refusalOf(cursor);
    expect(refusal.details).toEqual([{ path: 'cursor', code: 'INVALID', message: refusal.message }]);
    expect(refusal.message).toMatch(/^cursor must be the next_cursor of an earlier answer to you/);
  });

  it('is refused with any one of its characters changed', () => {
    for (const [index, character] of [...sealed].entries()) {
      const changed = sealed.slice(0, index) + (character === 'A' ? 'B' : 'A') + sealed.slice(index + 1);
      expect(refusalOf(changed).code).toBe('VALIDATION_ERROR');
    }
  });
});
