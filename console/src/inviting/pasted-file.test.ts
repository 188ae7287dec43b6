import { readAmount } from '@private-lending/locale/read-amount';
import { describe, expect, it } from 'vitest';
import { parsePaste } from './paste/parse-paste.ts';
import { formatCsv } from './pasted-file.ts';

const USD = { code: 'USD', decimals: 2 };

describe('formatCsv', () => {
  it('writes a paste as a file that the import reads', () => {
    expect(
      formatCsv([
        { email: 'a@example.com', amount: '1,234', name: 'Ann "A" Berg', notes: ['Phone: 1'] },
        { email: 'b@example.com' },
      ]),
    ).toBe(
      '"email","contribution_amount","name","note"\r\n"a@example.com","1,234","Ann ""A"" Berg","Phone: 1"\r\n"b@example.com","","",""',
    );
  });

  it.each(['a@example.com,1200,50', 'a@example.com\t\t1\t200', 'a@example.com\tAnn\tx\t100'])(
    'writes no amount that can be read where a part of %j did not fit',
    (line) => {
      const [row = {}] = parsePaste(`${line}\nb@example.com\n`, 'email', USD)?.rows ?? [];
      expect(row.leftovers).not.toEqual([]);
      const [, amount = ''] = formatCsv([row]).split('\r\n')[1]?.split('","') ?? [];
      expect(readAmount(amount, { currency: USD })).toHaveProperty('problem');
    },
  );
});
