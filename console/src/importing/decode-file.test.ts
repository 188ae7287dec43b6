import { describe, expect, it } from 'vitest';
import { decodeFile, FILE_BYTES_MAX } from './decode-file.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe('decodeFile', () => {
  it('decodes UTF-8, with a byte order mark or without', () => {
    expect(decodeFile(new TextEncoder().encode('email;Größe'))).toEqual({ text: 'email;Größe', encoding: 'utf-8' });
    expect(decodeFile(bytes(0xef, 0xbb, 0xbf, 0x61))).toEqual({ text: 'a', encoding: 'utf-8' });
  });

  it('decodes UTF-16 by its byte order mark', () => {
    expect(decodeFile(bytes(0xff, 0xfe, 0x61, 0, 0xfc, 0))).toEqual({ text: 'aü', encoding: 'utf-16le' });
    expect(decodeFile(bytes(0xfe, 0xff, 0, 0x61))).toEqual({ text: 'a', encoding: 'utf-16be' });
  });

  it('decodes what is not UTF-8 as Windows-1252', () => {
    expect(decodeFile(bytes(0x47, 0x72, 0xfc, 0xdf, 0x65))).toEqual({ text: 'Grüße', encoding: 'windows-1252' });
  });

  it.each([
    ['empty', bytes()],
    ['empty', bytes(0x20, 0x0a)],
    ['workbook', bytes(0x50, 0x4b, 0x03, 0x04, 0)],
    ['workbook', bytes(0xd0, 0xcf, 0x11, 0xe0)],
    ['notText', bytes(0x61, 0, 0x62)],
    ['notText', bytes(0xff, 0xd8, 0, 0x10)],
    ['tooLarge', new Uint8Array(FILE_BYTES_MAX + 1)],
  ])('reports that a file is %s', (problem, content) => {
    expect(decodeFile(content)).toEqual({ problem });
  });
});
