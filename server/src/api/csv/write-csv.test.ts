import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guard, unguard } from './formula-guard.ts';
import { csvText } from './write-csv.ts';

const lineOf = (...cells: (string | number | null)[]) => csvText([cells]).slice(1);

describe('csvText', () => {
  it('starts with a byte order mark', () => {
    expect(csvText([['a']])).toBe('\ufeffa\r\n');
  });

  it('quotes cells that need it', () => {
    expect(lineOf('a,b', 'say "hi"', 'two\nlines', ' x', null, 5)).toBe('"a,b","say ""hi""","two\nlines"," x",,5\r\n');
  });

  it.each([
    '=1+1',
    '+cmd|x',
    '-1+1',
    '@SUM(A1)',
    ' =1',
    '\tx',
    '\rx',
    '＝1',
    '＋1',
    '－1',
    '＠1',
    "=cmd|' /C calc'!A0",
    '\u0001=1',
    '"=1"',
  ])('escapes %j, which looks like a formula', (cell) => {
    expect(parse(lineOf(cell))).toEqual([[`'${cell}`]]);
  });

  it.each([
    ['foo;=1+1', "foo;'=1+1"],
    ['foo; \u00a0@SUM(A1)', "foo;' \u00a0@SUM(A1)"],
    ['foo\t=1', "foo\t'=1"],
    ['\t=1', "'\t'=1"],
    ['foo\n＝1', "foo\n'＝1"],
    ['foo;"=1"', `foo;'"=1"`],
    ['a;-1;+2', "a;'-1;'+2"],
  ])('escapes %j inside too, where a spreadsheet with other delimiters splits it', (cell, escaped) => {
    expect(parse(lineOf(cell))).toEqual([[escaped]]);
  });

  it.each(['-5', '+5', '-12.50', '-3,5', '5000'])('leaves the number %s unchanged', (cell) => {
    expect(parse(lineOf(cell))).toEqual([[cell]]);
  });

  it.each(['-0aZ_-9bcdefghijklmnop', '--------------------_1', "'Anna", "O'Neil", 'Ann-Marie', 'a=b', 'x; y = z', 'a, -b'])(
    'leaves %s unchanged, which is no formula',
    (cell) => {
      expect(parse(lineOf(cell))).toEqual([[cell]]);
    },
  );

  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      ',',
      '"',
      '\n',
      '\r',
      '\t',
      ' ',
      '=',
      '-',
      '+',
      '@',
      '＝',
      '\u0001',
      '\u00a0',
      '\ufeff',
      '5',
      ';',
      "'",
    ),
    maxLength: 8,
  });

  it('parses back to the same cells once guards are removed', () => {
    const cell = fc.oneof(text, fc.string());
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const read: string[][] = parse(csvText(rows), { bom: true });
        expect(read.map((cells) => cells.map(unguard))).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('starts no cell with a formula, whatever delimiter a spreadsheet splits it at', () => {
    const isFormula = (piece: string) => /^[\s\p{Cc}"]*[=+\-@＝＋－＠]/u.test(piece) && !/^[+-]\d+(?:,\d+)?\s*$/.test(piece);
    fc.assert(
      fc.property(text, (cell) => {
        const line = lineOf('x', cell);
        for (const delimiter of [';', '\t', '\n', '\r']) expect(line.slice(2).split(delimiter).filter(isFormula)).toEqual([]);
        expect(parse(lineOf('x', cell)).flat().filter(isFormula)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('removes no apostrophe that is not a guard', () => {
    for (const cell of ["'Anna", "'5000", "O'=1", "''", ' ']) expect(unguard(cell)).toBe(cell);
    expect(unguard(guard("'=1"))).toBe("'=1");
    expect(unguard("'-Bob")).toBe('-Bob');
  });

  it('guards long text in linear time', () => {
    const start = performance.now();
    for (const unit of [' ', "'", '"', ';', '\t', '\ufeff', "' "]) unguard(guard(unit.repeat(200_000)));
    expect(performance.now() - start).toBeLessThan(10_000); // quadratic: minutes
  });
});
