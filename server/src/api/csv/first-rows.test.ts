import { describe, expect, it } from 'vitest';
import { readFirstRows, SampleScan } from './first-rows.ts';

async function* piecesOf(text: string, size: number): AsyncGenerator<string, void> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

const OPTIONS = { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true };
const read = (text: string, size = 100) => readFirstRows(piecesOf(text, size), OPTIONS, 1000);

describe('readFirstRows', () => {
  it.each([
    ['a,b\n;;;;', ','],
    ['\n \t \r\n a;b;c,d\r,,,,', ';'],
    ['a\tb', '\t'],
    ['name', ','],
    ['', ','],
    ['email;amount;"note', ';'],
    ['email;contribution_amount;Anmerkung (wann, wo, wie)\na@example.com;5;bar, in Wien, heute\n', ';'],
    ['email,"Betrag (EUR; brutto; netto)",amount\na@example.com,"1;2;3",5', ','],
    ['email,"Betrag (EUR; brutto; netto; alles)"\n', ','],
    ['amount\tnote; with; many, signs, in, it\temail\n', '\t'],
    ['email;amount;"a note, with\n a line break, and, commas"\na@example.com;5;\n', ';'],
    ['Adresse;Preis (EUR, brutto, netto)\na@example.com;5\nb@example.com;6\n', ';'],
    ['email,amount,x;mail;betrag\nn,n,n;a@example.com;5\n', ';'],
    ['email,amount,x;mail;betrag\na@example.com,5,n;n;n\n', ','],
  ])('finds the delimiter that fits the header and the first rows: %j', async (text, delimiter) => {
    for (const size of [1, 2, 100]) expect((await read(text, size)).delimiter).toBe(delimiter);
  });

  it.each([
    ['sep=;\na,b;c', '\na,b;c', ';'],
    ['\n"SEP=,"\r\na;b;c', '\n\r\na;b;c', ','],
    ['sep=\t \ra;b;c', '\ra;b;c', '\t'],
    ['sep=\\t\na;b;c', '\na;b;c', '\t'],
    ['sep=;', '', ';'],
    ['sep=;x\na,b', 'sep=;x\na,b', ';'],
  ])('reads a line that names the delimiter, and leaves only its line break: %j', async (text, head, delimiter) => {
    for (const size of [1, 2, 100]) {
      const first = await read(text, size);
      expect(first).toEqual({ head, delimiter });
    }
  });

  it('rejects a line that names a delimiter that is not read', async () => {
    await expect(read('sep=|\nemail|amount\n')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'The line sep=| names a delimiter that is not read. Separate cells by comma, semicolon or tab.',
    });
  });

  it('reads no further than the piece in which the twentieth line ends, or the maximum length', async () => {
    expect((await read('a,\n\n'.repeat(30), 4)).head).toBe('a,\n\n'.repeat(20));
    expect((await read(`a,b\n${'x'.repeat(5000)}`)).head).toHaveLength(1100);
  });

  it('rejects a line that does not end within its maximum length, and reads no further', async () => {
    let count = 0;
    async function* endless(): AsyncGenerator<string, void> {
      for (; ; count += 1) yield 'x'.repeat(100);
    }
    await expect(readFirstRows(endless(), OPTIONS, 1000)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('The first line has no end in the first 1000 characters.'),
    });
    expect(count).toBe(10);
    await expect(read(' \n'.repeat(501))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await read(`${'x'.repeat(999)}\nrest`)).head).toContain('x\n');
  });
});

describe('SampleScan', () => {
  it.each([1, 7, 1000])('scans each character once in pieces of %i', (size) => {
    for (const length of [2000, 4000]) {
      const scan = new SampleScan(10_000);
      for (let start = 0; start < length; start += size) scan.add('x'.repeat(Math.min(size, length - start)));
      expect(scan.scanned).toBe(length);
    }
  });
});
