import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTitle } from './column-names.ts';

describe('parseTitle', () => {
  it('reads each name that docs/import.md lists', () => {
    const docs = readFileSync(new URL('../../docs/import.md', import.meta.url), 'utf8');
    const [, section = ''] = /### Names of columns\n([^#]*)/.exec(docs) ?? [];
    const rows = [...section.matchAll(/^\| (`?[a-z_ ]+`?) \| (.*) \|$/gm)];
    expect(rows.map(([, column]) => column)).toEqual(['`email`', '`contribution_amount`', '`name`', 'first name', 'last name']);
    for (const [, column = '', names = ''] of rows) {
      const listed = [...names.matchAll(/\*([^*]+)\*/g)].map(([, name = '']) => name);
      expect(listed.length).toBeGreaterThan(5);
      for (const name of listed)
        expect([name, parseTitle(name)?.column]).toEqual([name, column.replaceAll('`', '').replace(' ', '_')]);
    }
  });

  it.each([
    'E-mail 1 - Type',
    'E-mail 1 - Label',
    'E-mail 2 - Value',
    'E-mail Type',
    'Email (type)',
    'Email (EUR)',
    'Amount (%)',
    'Amount (cents)',
    'Amount (k€)',
    'Amount (EUR, thousands)',
    'Betrag (in Tsd. €)',
    "Amount ($'000)",
    'Currency',
    'xx',
    '',
  ])('does not read the column %j', (title) => {
    expect(parseTitle(title)).toBeUndefined();
  });
});
