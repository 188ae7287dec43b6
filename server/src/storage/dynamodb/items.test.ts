import { deflateRawSync } from 'node:zlib';
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

  it('is malformed where it can’t be decompressed, or only in part', () => {
    const whole = deflateRawSync(LARGE);
    for (const B of [Buffer.from('not deflated'), whole.subarray(0, -1), Buffer.alloc(0)])
      expect(() => toItem({ ...toAttributes(stored('1')), d: { B } })).toThrow(MalformedError);
  });

  it('is decompressed up to 4 MB, and malformed if it is larger', () => {
    const [largest, larger] = [4_000_000, 4_000_001].map((bytes) => `"${'x'.repeat(bytes - 2)}"`);
    const itemOf = (text = '') => ({ ...toAttributes(stored('1')), d: { B: deflateRawSync(text) } });
    expect(toStoredItem(itemOf(largest)).text).toBe(largest);
    expect(() => toStoredItem(itemOf(larger))).toThrow(MalformedError);
  });

  it('is not stored where it could not be read again', () => {
    expect(() => toAttributes(stored(`"${'x'.repeat(4_000_000)}"`))).toThrow('the data of an item has more than 4000000 bytes');
  });
});
