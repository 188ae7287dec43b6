import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { TextField } from './field.tsx';

it('describes a field by its suffix, its hint and its error', () => {
  const texts = { label: 'Interest', suffix: '%', hint: 'A year.', error: 'Too much.' };
  const html = renderToStaticMarkup(createElement(TextField, texts));
  const [, ids = ''] = /aria-describedby="([^"]*)"/.exec(html) ?? [];
  const described = ids.split(' ').map((id) => new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1]);
  expect(described).toEqual(['%', 'A year.', 'Too much.']);
});
