/** `amount…`: why a text is no amount, by `amount-problems.ts`. */
export const messages = {
  amountMalformed: '“{text}” is not an amount. Write digits, such as {example}.',
  amountNegative: 'An amount can’t be negative.',
  amountPercentage: '“{text}” is a percentage. Write an amount, such as {example}.',
  amountZero: 'The amount must be above 0.',
  amountOtherCurrency: '“{text}” is another currency. This loan is in {currency}.',
  amountTooManyDecimals: {
    '=0': 'Amounts in {currency} have no decimals.',
    one: 'Amounts in {currency} have at most {count} decimal.',
    other: 'Amounts in {currency} have at most {count} decimals.',
  },
  amountTooMuch: 'That is too much: at most {max}.',
  amountAmbiguous: 'This could be {whole} or {decimal}. Write one of them.',
  amountAmbiguousWhole: 'This could be {whole}, or {before} and a fraction. Write {whole} if you mean that.',
} as const;
