import { describe, expect, it } from 'vitest';
import { hasRequiredColumns, isSameTitle, previewColumns } from './preview-columns.ts';

describe('previewColumns', () => {
  it.each([
    ['commas', 'email,note,amount\na@example.com,x,5\nb@example.com,,6\n'],
    ['semicolons', 'email;note;amount\na@example.com;x;5\nb@example.com;;6'],
    ['tabs below a line sep=', 'sep=\\t\nemail\tnote\tamount\na@example.com\tx\t5\nb@example.com\t\t6'],
    ['a byte order mark', '\ufeffemail,note,amount\r\na@example.com,x,5\r\nb@example.com,,6'],
  ])('shows the columns and first rows of a file with %s', (_, text) => {
    expect(previewColumns(text)).toEqual({
      columns: [
        { title: 'email', use: 'email' },
        { title: 'note', use: 'ignored' },
        { title: 'amount', use: 'amount' },
      ],
      samples: [
        ['a@example.com', 'x', '5'],
        ['b@example.com', '', '6'],
      ],
    });
  });

  it('chooses the delimiter by which the header has known columns', () => {
    expect(previewColumns('email;amount;note (when, where)\na@example.com;5;x')?.columns.map(({ use }) => use)).toEqual([
      'email',
      'amount',
      'ignored',
    ]);
  });

  it.each([
    ['email;amount\na@example.com;5', true],
    ['email;note\na@example.com;5', false],
    ['a@example.com,5\nb@example.com,6', false],
  ])('has the columns that the import needs in %j: %s', (text, expected) => {
    expect(hasRequiredColumns(previewColumns(text))).toBe(expected);
  });

  it('shows at most three rows, and nothing without names of columns', () => {
    expect(previewColumns(`email,amount\n${'a@example.com,5\n'.repeat(9)}`)?.samples).toHaveLength(3);
    expect(previewColumns('a@example.com,5\nb@example.com,6')).toBeUndefined();
  });
});

describe('isSameTitle', () => {
  it.each([
    ['E-Mail', 'E-Mail', true],
    [' email: ', 'E-mail', true],
    ['BETRAG', 'Betrag', true],
    ['Mail', 'E-Mail', false],
    ['', 'Name', false],
  ])('of %j and the label %j is %s', (title, label, expected) => {
    expect(isSameTitle(title, label)).toBe(expected);
  });
});
