import { describe, expect, it } from 'vitest';
import { FirstLineScan, readFirstLine } from './first-line.ts';

async function* piecesOf(text: string, size: number): AsyncGenerator<string, void> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

const read = (text: string, size = 100) => readFirstLine(piecesOf(text, size), 1000);

describe('readFirstLine', () => {
  it.each([
    ['a,b;c,d\n;;;;', ','],
    ['\n \t \r\n a;b;c,d\r,,,,', ';'],
    ['\t\ta\tb', '\t'],
    ['name', ','],
    ['', ','],
  ])('finds the delimiter of the first line that is not blank: %j', async (text, delimiter) => {
    for (const size of [1, 2, 100]) expect((await read(text, size)).delimiter).toBe(delimiter);
  });

  it('reads no further than the piece in which the line ends', async () => {
    expect((await read('a,b\nc,d\n', 2)).head).toBe('a,b\n');
  });

  it('rejects a line that does not end within its maximum length, and reads no further', async () => {
    let count = 0;
    async function* endless(): AsyncGenerator<string, void> {
      for (; ; count += 1) yield 'x'.repeat(100);
    }
    await expect(readFirstLine(endless(), 1000)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('The first line has no end in the first 1000 characters.'),
    });
    expect(count).toBe(10);
    await expect(read(' \n'.repeat(501))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await read(`${'x'.repeat(999)}\nrest`)).head).toContain('x\n');
  });
});

describe('FirstLineScan', () => {
  it.each([1, 7, 1000])('scans each character once in pieces of %i', (size) => {
    for (const length of [2000, 4000]) {
      const scan = new FirstLineScan(10_000);
      for (let start = 0; start < length; start += size) scan.add('x'.repeat(Math.min(size, length - start)));
      expect(scan.scanned).toBe(length);
    }
  });
});
