import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePaste } from './parse-paste.ts';
import { FIELDS, type Field, type Paste } from './paste.ts';

const USD = { code: 'USD', decimals: 2 };

function paste(text: string, field: Field = 'email'): Paste {
  const parsed = parsePaste(text, field, USD);
  if (!parsed) throw new TypeError('one value');
  return parsed;
}

/** The rows without empty members. */
function rowsOf(text: string, field?: Field) {
  return paste(text, field).rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value.length > 0)),
  );
}

const ANN_BEN = [
  { email: 'ann@example.com', name: 'Ann Berg', amount: '5000' },
  { email: 'ben@example.com', name: 'Ben Ode', amount: '2500' },
];

describe('parsePaste', () => {
  it.each([
    ['a spreadsheet', 'ann@example.com\tAnn Berg\t5000\r\nben@example.com\tBen Ode\t2500\r\n'],
    ['a spreadsheet with the columns in another order', 'Ann Berg\t5000\tann@example.com\nBen Ode\t2500\tben@example.com'],
    ['semicolons', 'ann@example.com;Ann Berg;5000\nben@example.com;Ben Ode;2500'],
    ['commas', 'ann@example.com, Ann Berg, 5000\nben@example.com, Ben Ode, 2500\n\n'],
    ['quoted cells', '"ann@example.com","Ann Berg","5000"\n"ben@example.com","Ben Ode","2500"'],
    ['a header in any order', 'Amount,E-Mail,Full name\n5000,ann@example.com,Ann Berg\n2500,ben@example.com,Ben Ode'],
    [
      'a German header',
      'Vorname\tNachname\tE-Mail-Adresse\tBetrag\nAnn\tBerg\tann@example.com\t5000\nBen\tOde\tben@example.com\t2500',
    ],
    [
      'a header with the loan’s currency',
      'email\tname\tAmount (USD)\nann@example.com\tAnn Berg\t5000\nben@example.com\tBen Ode\t2500',
    ],
    ['names beside addresses, then amounts', 'Ann Berg <ann@example.com>, 5000\nBen Ode <ben@example.com>, 2500'],
    ['names beside addresses in a column', 'Ann Berg <ann@example.com>\t5000\n"Ben Ode" <ben@example.com>\t2500'],
  ])('reads %s', (_, text) => {
    expect(rowsOf(text)).toEqual(ANN_BEN);
  });

  it.each([
    ['one address a line', 'ann@example.com\nben@example.com\n', [{ email: 'ann@example.com' }, { email: 'ben@example.com' }]],
    ['addresses on one line', 'ann@example.com, ben@example.com', [{ email: 'ann@example.com' }, { email: 'ben@example.com' }]],
    [
      'addresses with spaces between',
      'ann@example.com ben@example.com',
      [{ email: 'ann@example.com' }, { email: 'ben@example.com' }],
    ],
    [
      'a list of a mail program',
      'Ann Berg <ann@example.com>, ben@example.com',
      [{ email: 'ann@example.com', name: 'Ann Berg' }, { email: 'ben@example.com' }],
    ],
    [
      'a list of Outlook',
      'Berg, Ann <ann@example.com>; Ode, Ben <ben@example.com>',
      [
        { email: 'ann@example.com', name: 'Berg, Ann' },
        { email: 'ben@example.com', name: 'Ode, Ben' },
      ],
    ],
    [
      'quoted names with commas',
      '"Berg, Ann" <ann@example.com>, ben@example.com',
      [{ email: 'ann@example.com', name: 'Berg, Ann' }, { email: 'ben@example.com' }],
    ],
    ['one name and address', 'Ann Berg <ann@example.com>', [{ email: 'ann@example.com', name: 'Ann Berg' }]],
    [
      'a quoted name with a comma on each line',
      '"Berg, Ann" <ann@example.com>\n"Ode, Ben" <ben@example.com>',
      [
        { email: 'ann@example.com', name: 'Berg, Ann' },
        { email: 'ben@example.com', name: 'Ode, Ben' },
      ],
    ],
    [
      'a list over several lines',
      'Ann Berg <ann@example.com>,\n ben@example.com,\n',
      [{ email: 'ann@example.com', name: 'Ann Berg' }, { email: 'ben@example.com' }],
    ],
    [
      'amounts behind addresses',
      'ann@example.com 5000\nben@example.com 2,500.00',
      [
        { email: 'ann@example.com', amount: '5000' },
        { email: 'ben@example.com', amount: '2,500.00' },
      ],
    ],
    [
      'addresses and amounts on one line',
      'ann@example.com, 5000, ben@example.com, 2500',
      [
        { email: 'ann@example.com', amount: '5000' },
        { email: 'ben@example.com', amount: '2500' },
      ],
    ],
    [
      'an address in the column of the names',
      'ann@example.com\tAnn\nben@example.com\tBen\nCarl\tcarl@example.com',
      [
        { email: 'ann@example.com', name: 'Ann' },
        { email: 'ben@example.com', name: 'Ben' },
        { email: 'carl@example.com', name: 'Carl' },
      ],
    ],
    ['a cell with a line break', '"Ann\nBerg"\tann@example.com', [{ email: 'ann@example.com', name: 'Ann Berg' }]],
    [
      'text without an address in a list',
      'ann@example.com; ben@example.com; Carl',
      [{ email: 'ann@example.com' }, { email: 'ben@example.com', name: 'Carl' }],
    ],
    [
      'amounts of a semicolon file',
      'ann@example.com;1.234,50\nben@example.com;99,00',
      [
        { email: 'ann@example.com', amount: '1.234,50' },
        { email: 'ben@example.com', amount: '99,00' },
      ],
    ],
  ])('reads %s', (_, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
  });

  it('does not take a part of an amount that a comma has split for the amount', () => {
    expect(rowsOf('ann@example.com,1,200\nben@example.com,300')).toEqual([
      { email: 'ann@example.com', amount: '1,200' },
      { email: 'ben@example.com', amount: '300' },
    ]);
    expect(rowsOf('ann@example.com,49,99\nben@example.com,300')).toEqual([
      { email: 'ann@example.com', amount: '49', leftovers: ['99'] },
      { email: 'ben@example.com', amount: '300' },
    ]);
    expect(rowsOf('email,amount\nann@example.com,49,99')).toEqual([{ email: 'ann@example.com', amount: '49', leftovers: ['99'] }]);
    expect(rowsOf('email,name,amount\nann@example.com,5,200')).toEqual([{ email: 'ann@example.com', name: '5', amount: '200' }]);
    expect(rowsOf('email,amount\nann@example.com,1,200')).toEqual([{ email: 'ann@example.com', amount: '1,200' }]);
  });

  it('keeps a column that is none of ours, with its title as a note and without one as a leftover', () => {
    expect(rowsOf('email\tphone\tamount\nann@example.com\t555 123\t5000')).toEqual([
      { email: 'ann@example.com', amount: '5000', notes: ['phone: 555 123'] },
    ]);
    expect(rowsOf('ann@example.com\tAnn\t5000\tfrom work')).toEqual([
      { email: 'ann@example.com', name: 'Ann', amount: '5000', leftovers: ['from work'] },
    ]);
  });

  it('notes a name that is written twice', () => {
    expect(rowsOf('Ann\tAnn ann@example.com\t5')).toEqual([{ email: 'ann@example.com', name: 'Ann', amount: '5', notes: ['Ann'] }]);
  });

  it('writes the currency of a column beside its amounts, if it is not the loan’s', () => {
    expect(rowsOf('email\tAmount (EUR)\nann@example.com\t500')).toEqual([{ email: 'ann@example.com', amount: '500 EUR' }]);
  });

  it('reports the header that it does not fill in', () => {
    expect(paste('Email;Amount\nann@example.com;500').header).toEqual(['Email', 'Amount']);
    expect(paste('ann@example.com;500\nben@example.com;500').header).toBeUndefined();
  });

  it('fills a column of amounts below the focused cell, with its gaps', () => {
    expect(paste('5000\n\n2500\n', 'amount')).toMatchObject({ kind: 'cells', rows: [{ amount: '5000' }, {}, { amount: '2500' }] });
    expect(rowsOf('Amount\n5000\n2500', 'amount')).toEqual([{ amount: '5000' }, { amount: '2500' }]);
    expect(rowsOf('Ann\t5000\tx\nBen\t2500', 'name')).toEqual([
      { name: 'Ann', amount: '5000', leftovers: ['x'] },
      { name: 'Ben', amount: '2500' },
    ]);
  });

  it.each(['ann@example.com', ' ann@example.com\r\n', 'Berg, Ann', '1,234.50', '5000\n', '', 'ann@', 'a; b'])(
    'leaves one value to the field: %j',
    (text) => {
      expect(parsePaste(text, 'email', USD)).toBeUndefined();
    },
  );

  it('loses no cell of a spreadsheet, whatever is in it', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abzÄ世🙂@.,;:<>()"\'-+0123 '), maxLength: 12 });
    const address = fc.integer({ min: 0, max: 99 }).map((index) => `person${index}@example.com`);
    const cell = fc.oneof(
      word,
      address,
      fc.constantFrom('5000', '1,234', '€ 12.50', 'Cleo <x@example.com>', 'Email', 'Amount', 'Name'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...FIELDS),
        (table, field) => {
          const text = table.map((cells) => cells.map(asSpreadsheet).join('\t')).join('\r\n');
          const parsed = parsePaste(text, field, USD);
          if (!parsed) expect(table.flat().filter((each) => each.trim() !== '').length).toBeLessThanOrEqual(1);
          else expect(missing(wordsOf(table.flat().join(' ')), wordsOf(textOf(parsed)))).toEqual([]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('loses no word of any text', () => {
    const piece = fc.constantFrom(
      'ann@example.com',
      'Ben <ben@example.com>',
      '"Berg, Carl" <c@example.com>',
      'Ann',
      '5000',
      '1,5',
      ', ',
      '; ',
      ' ',
      '\n',
      '\t',
      '"',
      '<',
      '>',
      'email',
      'amount',
      '"a\nb"',
      "'",
      '@',
      '()',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom(...FIELDS), (pieces, field) => {
        const text = pieces.join('');
        const parsed = parsePaste(text, field, USD);
        if (parsed) expect({ text, missing: missing(wordsOf(text), wordsOf(textOf(parsed))) }).toEqual({ text, missing: [] });
      }),
      { numRuns: 5000 },
    );
  });

  it('reads a long text without delimiters in linear time', () => {
    expect(parsePaste('a'.repeat(2_000_000), 'email', USD)).toBeUndefined();
    expect(paste(`a@example.com,${'"a,'.repeat(20_000)}`).rows.length).toBeGreaterThan(0);
  });
});

function asSpreadsheet(cell: string): string {
  return /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function textOf({ rows, header = [] }: Paste): string {
  const cells = rows.flatMap(({ email, name, amount, leftovers = [], notes = [] }) => [
    email,
    name,
    amount,
    ...leftovers,
    ...notes,
  ]);
  return [...header, ...cells].join(' ');
}

/** Letters and digits: marks between them may be read as the form of a list. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}🙂]+/gu) ?? [];
}

/** Words that occur less often in the result. */
function missing(words: readonly string[], result: readonly string[]): string[] {
  const left = [...result];
  return words.filter((word) => {
    const index = left.indexOf(word);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
