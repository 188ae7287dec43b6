import { describe, expect, it } from 'vitest';
import { put } from '../../testing/process/temp-store.ts';
import { command } from '../contract/helpers.ts';
import { decodeCommit, encodeCommit } from './commit-text.ts';

describe('the text of a commit', () => {
  it('decodes to the command and the rows of its writes', () => {
    const text = encodeCommit(command('c'), [
      put('plain', null),
      put('lines', 'one\ntwo\r\n\u2028', { expected: 3 }),
      put('all', { a: 'é😀' }, { index: { partition: 'people', sort: '1' }, expiresAt: 0 }),
      { key: put('gone', 0).key, expected: 7, isDelete: true },
    ]);
    expect(decodeCommit(text)).toEqual({
      command: 'c',
      rows: [
        ['things', 'plain', 0, 'null', null, null, null],
        ['things', 'lines', 3, JSON.stringify('one\ntwo\r\n\u2028'), null, null, null],
        ['things', 'all', 0, '{"a":"é😀"}', 'people', '1', 0],
        ['things', 'gone', 7, null, null, null, null],
      ],
    });
  });

  it('is not made of a key or an index entry with a line break', () => {
    const entry = (partition: string, sort: string) => put('a', 1, { index: { partition, sort } });
    for (const write of [put('a\nb', 1), entry('people\n', '1'), entry('people', '\n1')]) {
      expect(() => encodeCommit(command('c'), [write])).toThrow('a key has a line break');
    }
  });
});
