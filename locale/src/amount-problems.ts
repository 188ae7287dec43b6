import type { messages as english } from './catalogues/en/errors.ts';
import { type Currency, UNITS_MAX } from './currencies.ts';
import { type Catalogue, translate } from './messages.ts';
import { formatAmount, formatMinorUnits } from './numbers.ts';
import type { AmountProblem } from './read-amount.ts';

const EXAMPLE = 5000;
const TEXT_LENGTH_MAX = 40;

/**
 * Says what is wrong with an amount that `parseAmount` rejects, and what to write instead, which it accepts.
 * @param text as a person wrote it
 */
export function describeAmountProblem(
  problem: AmountProblem,
  { text, currency, errors }: { readonly text: string; readonly currency: Currency; readonly errors: Catalogue<typeof english> },
): string {
  const { language } = errors;
  const shown = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  const example = formatAmount(EXAMPLE, currency, language);
  switch (problem.kind) {
    case 'malformed':
      return translate(errors, 'amountMalformed', { text: shown.trim(), example });
    case 'negative':
      return translate(errors, 'amountNegative');
    case 'percentage':
      return translate(errors, 'amountPercentage', { text: shown.trim(), example });
    case 'zero':
      return translate(errors, 'amountZero');
    case 'other currency':
      return translate(errors, 'amountOtherCurrency', { text: problem.text, currency: currency.code });
    case 'too many decimals':
      return translate(errors, 'amountTooManyDecimals', { count: currency.decimals, currency: currency.code });
    case 'too much':
      return translate(errors, 'amountTooMuch', { max: formatMinorUnits(UNITS_MAX, currency, language) });
    case 'ambiguous':
      return describeAmbiguity(problem, currency, errors);
  }
}

function describeAmbiguity(
  { whole, parts: [before, fraction] }: AmountProblem & { kind: 'ambiguous' },
  currency: Currency,
  errors: Catalogue<typeof english>,
): string {
  const format = (amount: string) => formatAmount(amount, currency, errors.language);
  if (fraction.length > currency.decimals) return translate(errors, 'amountAmbiguousWhole', { whole: format(whole), before });
  const decimal = format(fraction === '' ? before : `${before}.${fraction}`);
  return translate(errors, 'amountAmbiguous', { whole: format(whole), decimal });
}
