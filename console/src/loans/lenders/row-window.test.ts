import type { Lender } from '@private-lending/client';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { RowWindow } from './row-window.tsx';

const TIME = '2026-03-01T09:00:00Z';

/** @returns the number of rows that are in the document before anything is scrolled */
function countRows(count: number): number {
  const rows = Array.from({ length: count }, (_, index): Lender => {
    const id = `lender${index}`;
    const times = { invited_at: TIME, expires_at: TIME };
    return { lender_id: id, email: `${id}@example.com`, contribution_amount: 1, status: 'pending', ...times };
  });
  const renderRow = ({ lender_id: id }: Lender) => createElement('tr', { key: id, id });
  const html = renderToStaticMarkup(createElement('table', undefined, createElement(RowWindow, { rows, columns: 1, renderRow })));
  return html.match(/<tr id=/g)?.length ?? 0;
}

it('puts all rows of a short list into the document, so that search in the page finds them', () => {
  expect(countRows(100)).toBe(100);
});

it('puts only the first rows of a long list into the document', () => {
  expect(countRows(101)).toBe(40);
});
