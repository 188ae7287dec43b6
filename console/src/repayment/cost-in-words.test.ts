import { text } from 'node:stream/consumers';
import { createElement } from 'react';
import { prerender } from 'react-dom/static';
import { expect, it } from 'vitest';
import { formatsOf } from '../i18n/locale.ts';
import { LocaleContext } from '../i18n/locale-context.tsx';
import { EstimatedCost } from './cost-in-words.tsx';

/** What a borrower of 5,000.00 EUR over a year pays back, before it is known who lends. */
async function estimate(interestRate: number): Promise<string> {
  const terms = { amount: 5000, currency: { code: 'EUR', decimals: 2 }, interestRate, termMonths: 12 };
  const locale = { ...formatsOf('en'), t: () => '', setLanguage: () => {} };
  const { prelude } = await prerender(
    createElement(LocaleContext.Provider, { value: locale }, createElement(EstimatedCost, terms)),
  );
  return text(prelude);
}

it('estimates the total of a loan with interest, and is exact about one without', async () => {
  expect(await estimate(4)).toContain('about 5,108.98\u00a0EUR');
  expect(await estimate(0)).toMatch(/(?<!about )5,000\.00\u00a0EUR in all/);
});
