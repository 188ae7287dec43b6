import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { unbroken } from './unbroken.ts';

it.each([
  ['Get e-mail again', 'Get <span class="unbroken">e-mail</span> again'],
  [
    'Alle E-Mails an Ihre E-Mail-Adresse',
    'Alle <span class="unbroken">E-Mails</span> an Ihre <span class="unbroken">E-Mail</span>-Adresse',
  ],
  ['No mail', 'No mail'],
])('keeps “e-mail” on one line in %j', (title, html) => {
  expect(renderToStaticMarkup(unbroken(title))).toBe(html);
});
