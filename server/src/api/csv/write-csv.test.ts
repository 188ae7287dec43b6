import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from './write-csv.ts';

const lineOf = (...cells: (string | number | null)[]) => csvText([cells]).slice(1);

describe('csvText', () => {
  it('starts with a byte order mark', () => {
    expect(csvText([['a']])).toBe('\ufeffa\r\n');
  });

  it('quotes cells that need it', () => {
    expect(lineOf('a,b', 'say "hi"', 'two\nlines', ' x', null, 5)).toBe('"a,b","say ""hi""","two\nlines"," x",,5\r\n');
  });

  it.each(['=1+1', '+cmd|x', '-1+1', '@SUM(A1)', ' =1', '\t=1', '\tx', '\rx', '＝1', '＋1', '－1', '＠1', "=cmd|' /C calc'!A0"])(
    'escapes %j, which looks like a formula',
    (cell) => {
      expect(parse(lineOf(cell))).toEqual([[`'${cell}`]]);
    },
  );

  it.each(['-5', '+5', '-12.50', '-3,5', '5000'])('leaves the number %s unchanged', (cell) => {
    expect(parse(lineOf(cell))).toEqual([[cell]]);
  });

  it('parses back to the same cells, except for escaped formulas', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '=', '-', '5', 'é', ';', "'") });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const read: string[][] = parse(csvText(rows), { bom: true });
        const plain = rows.map((row, index) =>
          row.map((text, column) => (read[index]?.[column] === `'${text}` ? `'${text}` : text)),
        );
        expect(read).toEqual(plain);
        for (const text of read.flat()) expect(text).not.toMatch(/^\s*[=@]/);
      }),
    );
  });
});
