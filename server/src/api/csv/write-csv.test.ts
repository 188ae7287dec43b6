import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from './write-csv.ts';

const lineOf = (...cells: (string | number | null)[]) => csvText([cells]).slice(1);

describe('a file that goes out', () => {
  it('tells spreadsheets that it is UTF-8', () => {
    expect(csvText([['a']])).toBe('\ufeffa\r\n');
  });

  it('has what needs it in quotes', () => {
    expect(lineOf('a,b', 'say "hi"', 'two\nlines', ' x', null, 5)).toBe('"a,b","say ""hi""","two\nlines"," x",,5\r\n');
  });

  it.each(['=1+1', '+cmd|x', '-1+1', '@SUM(A1)', ' =1', '\t=1', '\tx', '\rx', '＝1', '＋1', '－1', '＠1', "=cmd|' /C calc'!A0"])(
    'shows %j as text',
    (cell) => {
      expect(parse(lineOf(cell))).toEqual([[`'${cell}`]]);
    },
  );

  it.each(['-5', '+5', '-12.50', '-3,5', '5000'])('leaves the number %s alone', (cell) => {
    expect(parse(lineOf(cell))).toEqual([[cell]]);
  });

  it('reads back as it was, but for what makes a formula text', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '=', '-', '5', 'é', ';', "'") });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const read: string[][] = parse(csvText(rows), { bom: true });
        const plain = rows.map((row) => row.map((text, at) => (read[rows.indexOf(row)]?.[at] === `'${text}` ? `'${text}` : text)));
        expect(read).toEqual(plain);
        for (const text of read.flat()) expect(text).not.toMatch(/^\s*[=@]/);
      }),
    );
  });
});
