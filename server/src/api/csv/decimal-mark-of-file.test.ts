import { parseCurrency } from '@private-lending/locale/currencies';
import { describe, expect, it } from 'vitest';
import { found } from '../../testing/app/domain-fixtures.ts';
import { readLenderRows } from './read-lenders.ts';

async function rowsOf(file: string) {
  return (await readLenderRows([Buffer.from(file)], found(parseCurrency('USD'), 'USD'))).rows;
}

describe('readLenderRows', () => {
  it.each([
    ['a comma, above and below', '1.000;120,50;2.500', ['1000', '120.50', '2500']],
    ['a point', '1,000;120.50;7', ['1000', '120.50', '7']],
    ['thousands alone', '1.234.567;1.000', ['1234567', '1000']],
    ['a whole amount with both', '1.234,5;1.000', ['1234.5', '1000']],
  ])('reads a lone mark before three digits as the other amounts of the file show: by %s', async (_, amounts, expected) => {
    const file = `email;amount\n${amounts
      .split(';')
      .map((amount, index) => `p${index}@example.com;${amount}`)
      .join('\n')}`;
    const rows = await rowsOf(file);
    expect(rows.map(({ contribution_amount: amount, error }) => error ?? amount)).toEqual(expected);
  });

  it.each([
    ['contradict each other', ['120,50', '120.50', '1.000']],
    ['show none', ['100', '1.000']],
    ['that show it can’t be read', ['-120,50', '1.000']],
    ['have more decimals by it than the currency', ['120,50', '1,234']],
  ])('has an error at a lone mark before three digits where other amounts of the file %s', async (_, amounts) => {
    const rows = await rowsOf(`email;amount\n${amounts.map((amount, index) => `p${index}@example.com;${amount}`).join('\n')}`);
    expect(rows.at(-1)).toMatchObject({ contribution_amount: amounts.at(-1), error: { message: expect.any(String) } });
  });

  it('reads a lone point by the commas of a file with commas', async () => {
    const rows = await rowsOf('email,amount\na@example.com,"120,50"\nb@example.com,1.000\n');
    expect(rows.map(({ contribution_amount: amount }) => amount)).toEqual(['120.50', '1000']);
  });
});
