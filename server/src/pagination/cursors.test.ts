import { describe, expect, it } from 'vitest';
import { errorOf } from '../testing/app/domain-fixtures.ts';
import { type CursorScope, Cursors } from './cursors.ts';

const cursors = new Cursors(Buffer.alloc(32, 7));
const SCOPE: CursorScope = ['ana', 'ListLenders', 'loan-1', undefined];
const encoded = cursors.encode('position', SCOPE);

function decodeError(cursor: string, scope: CursorScope = SCOPE, decoder = cursors) {
  return errorOf(() => decoder.decode(cursor, scope, 'cursor'));
}

describe('Cursors', () => {
  it.each(['position', '', '12.3', 'ünïcödé \u{1f3e0}', '0'.repeat(300)])('decodes what it has encoded: %j', (position) => {
    expect(cursors.decode(cursors.encode(position, SCOPE), SCOPE, 'cursor')).toBe(position);
  });

  it('decodes a missing cursor as undefined', () => {
    expect(cursors.decode(undefined, SCOPE, 'cursor')).toBeUndefined();
  });

  it('encodes without characters that a URL would escape', () => {
    expect(cursors.encode('a/b?c&d+e', SCOPE)).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['user', ['ben', 'ListLenders', 'loan-1', undefined]],
    ['call', ['ana', 'ReadEvents', 'loan-1', undefined]],
    ['loan', ['ana', 'ListLenders', 'loan-2', undefined]],
    ['filter', ['ana', 'ListLenders', 'loan-1', 'pending']],
    ['number of parts', ['ana', 'ListLenders', 'loan-1']],
    ['division into parts', ['ana', 'ListLenders,loan-1', undefined]],
  ])('rejects a cursor of a scope with another %s', (_, scope) => {
    expect(decodeError(encoded, scope).code).toBe('VALIDATION_ERROR');
  });

  it('rejects a cursor that was signed with another secret', () => {
    expect(decodeError(encoded, SCOPE, new Cursors(Buffer.alloc(32, 8))).code).toBe('VALIDATION_ERROR');
  });

  it.each([
    ['empty', ''],
    ['garbage', 'garbage'],
    ['not base64url', '?*%'],
    ['truncated', encoded.slice(0, -1)],
    ['truncated by a byte', encoded.slice(0, -4)],
    ['only a signature', encoded.slice(0, 16)],
    ['extended', `${encoded}A`],
    ['extended by a byte', `${encoded}AAAA`],
    ['padded', `${encoded}==`],
    ['with a space', ` ${encoded}`],
    ['with a line break', `${encoded}\n`],
    ['base64 instead of base64url', `${encoded.slice(0, 4)}+${encoded.slice(4)}`],
    ['very long', 'A'.repeat(100_000)],
    ['signed for another position', cursors.encode('positiom', SCOPE).slice(0, 16) + encoded.slice(16)],
  ])('rejects a cursor that is %s', (_, cursor) => {
    const error = decodeError(cursor);
    expect(error.details).toEqual([{ path: 'cursor', code: 'INVALID', message: error.message }]);
    expect(error.message).toMatch(/^cursor must be the next_cursor of an earlier response to you/);
  });

  it('rejects a cursor with any one character changed', () => {
    for (const [index, character] of [...encoded].entries()) {
      const changed = encoded.slice(0, index) + (character === 'A' ? 'B' : 'A') + encoded.slice(index + 1);
      expect(decodeError(changed).code).toBe('VALIDATION_ERROR');
    }
  });
});
