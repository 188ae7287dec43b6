import { describe, expect, it } from 'vitest';
import { formatCsv } from './pasted-file.ts';

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
});
