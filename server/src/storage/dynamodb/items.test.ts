import { describe, expect, it } from 'vitest';
import { command } from '../contract/helpers.ts';
import { MalformedError, toAttributes, toItem, toStoredItem } from './items.ts';

const LARGE = JSON.stringify({ lenders: Array.from({ length: 200 }, (_, index) => `ana${index}@example.com é😀`) });

function stored(text: string) {
  return { key: { partition: 'p', sort: 's' }, version: 3, command: command('c'), text };
}

describe('the data of an item', () => {
  it('is stored as text up to 1000 bytes, and deflated from then on', () => {
    expect(toAttributes(stored('"small"'))['d']).toEqual({ S: '"small"' });
    expect(toAttributes(stored(LARGE))['d']?.B?.length).toBeLessThan(LARGE.length / 4);
    const [limit, below] = [`"${'é'.repeat(499)}"`, `"${'é'.repeat(498)}x"`];
    expect([limit, below].map((text) => Object.keys(toAttributes(stored(text))['d'] ?? {}))).toEqual([['B'], ['S']]);
  });

  it('is read as it was written, also as text by earlier versions', () => {
    for (const attributes of [toAttributes(stored(LARGE)), { ...toAttributes(stored('')), d: { S: LARGE } }]) {
      expect(toStoredItem(attributes).text).toBe(LARGE);
      expect(toItem(attributes).data).toEqual(JSON.parse(LARGE));
    }
  });

  it('is read from a record of a stream, which has bytes in base64', () => {
    const attributes = toAttributes(stored(LARGE));
    const B = Buffer.from(attributes['d']?.B ?? []).toString('base64');
    expect(toItem({ ...attributes, d: { B } }).data).toEqual(JSON.parse(LARGE));
  });

  it('is malformed where it can’t be decompressed', () => {
    const attributes = { ...toAttributes(stored('1')), d: { B: Buffer.from('not deflated') } };
    expect(() => toItem(attributes)).toThrow(MalformedError);
  });
});
