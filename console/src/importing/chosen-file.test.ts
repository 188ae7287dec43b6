import { expect, it } from 'vitest';
import { type ChosenFile, keepCheck, keepChosenFile, readCheckedFile } from './chosen-file.ts';

/* Without the storage of a browser: the files are in the memory of the page. */

const FILE: ChosenFile = { name: 'people.csv', text: 'email,amount', encoding: 'utf-8', id: 'first' };

it('has a file for the page of its last check only', () => {
  keepChosenFile('user', 'loan', FILE);
  expect(readCheckedFile('user', 'loan', 'check-1')).toBeUndefined();
  keepCheck('user', 'loan', FILE, 'check-1');
  expect(readCheckedFile('user', 'loan', 'check-1')).toEqual({ ...FILE, checkId: 'check-1' });
  keepCheck('user', 'loan', FILE, 'check-2');
  expect(readCheckedFile('user', 'loan', 'check-1')).toBeUndefined();
});

it('does not take the check of one file for that of another, which was chosen before it ended', () => {
  const other = { ...FILE, id: 'second' };
  keepChosenFile('user', 'loan', other);
  keepCheck('user', 'loan', FILE, 'check-1');
  expect(readCheckedFile('user', 'loan', 'check-1')).toBeUndefined();
  keepCheck('user', 'loan', other, 'check-2');
  expect(readCheckedFile('user', 'loan', 'check-2')?.id).toBe('second');
});
