import { describe, expect, it } from 'vitest';
import { DomainError } from '../domain/errors.ts';
import { fixedKeyRing } from '../storage/key-ring.ts';
import { type CursorKeys, type CursorScope, Cursors } from './cursors.ts';

const KEY = Buffer.alloc(32, 7);
const cursors = new Cursors(fixedKeyRing(KEY));
const SCOPE: CursorScope = ['ana', 'ListLenders', 'loan-1', undefined];
/** Cursors after two rotations, where the original key is still accepted. */
const NEW_KEY = Buffer.alloc(32, 9);
const rotated = new Cursors(
  ringOf(
    2,
    new Map([
      [0, KEY],
      [2, NEW_KEY],
    ]),
  ),
);
const encoded = cursors.encode('position', SCOPE);

function ringOf(version: number, keys: ReadonlyMap<number, Buffer>): CursorKeys {
  return { current: { version, key: keys.get(version) ?? KEY }, find: async (wanted) => keys.get(wanted) };
}

async function decodeError(cursor: string, scope: CursorScope = SCOPE, decoder = cursors): Promise<DomainError> {
  const error = await decoder.decode(cursor, scope, 'cursor').catch((thrown: unknown) => thrown);
  if (error instanceof DomainError) return error;
  throw new Error('the cursor was decoded');
}

describe('Cursors', () => {
  it.each(['position', '', '12.3', 'ünïcödé \u{1f3e0}', '0'.repeat(300)])('decodes what it has encoded: %j', async (position) => {
    expect(await cursors.decode(cursors.encode(position, SCOPE), SCOPE, 'cursor')).toBe(position);
    expect(await rotated.decode(rotated.encode(position, SCOPE), SCOPE, 'cursor')).toBe(position);
  });

  it('decodes a missing cursor as undefined', async () => {
    expect(await cursors.decode(undefined, SCOPE, 'cursor')).toBeUndefined();
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
  ])('rejects a cursor of a scope with another %s', async (_, scope) => {
    expect((await decodeError(encoded, scope)).code).toBe('VALIDATION_ERROR');
    expect((await decodeError(rotated.encode('position', SCOPE), scope, rotated)).code).toBe('VALIDATION_ERROR');
  });

  it('rejects a cursor that was signed with another secret', async () => {
    expect((await decodeError(encoded, SCOPE, new Cursors(fixedKeyRing(Buffer.alloc(32, 8))))).code).toBe('VALIDATION_ERROR');
  });

  it('decodes cursors of earlier keys until they are retired', async () => {
    expect(await rotated.decode(encoded, SCOPE, 'cursor')).toBe('position');
    const later = new Cursors(
      ringOf(
        3,
        new Map([
          [2, NEW_KEY],
          [3, KEY],
        ]),
      ),
    );
    expect(await later.decode(rotated.encode('position', SCOPE), SCOPE, 'cursor')).toBe('position');
    expect((await decodeError(encoded, SCOPE, later)).code).toBe('VALIDATION_ERROR');
  });

  it('rejects a cursor whose version was changed', async () => {
    const twice = new Cursors(
      ringOf(
        3,
        new Map([
          [2, NEW_KEY],
          [3, KEY],
        ]),
      ),
    );
    const bytes = Buffer.from(twice.encode('position', SCOPE), 'base64url');
    for (const version of [0, 1, 2, 4, 65_535]) {
      bytes.writeUInt16BE(version);
      expect((await decodeError(bytes.toString('base64url'), SCOPE, twice)).code).toBe('VALIDATION_ERROR');
    }
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
  ])('rejects a cursor that is %s', async (_, cursor) => {
    const error = await decodeError(cursor);
    expect(error.details).toEqual([{ path: 'cursor', code: 'INVALID', message: error.message }]);
    expect(error.message).toMatch(/^cursor must be the next_cursor of an earlier response to you/);
  });

  it('rejects a cursor with any one character changed', async () => {
    for (const decoder of [cursors, rotated]) {
      const valid = decoder.encode('position', SCOPE);
      for (const [index, character] of [...valid].entries()) {
        const changed = valid.slice(0, index) + (character === 'A' ? 'B' : 'A') + valid.slice(index + 1);
        expect((await decodeError(changed, SCOPE, decoder)).code).toBe('VALIDATION_ERROR');
      }
    }
  });
});
