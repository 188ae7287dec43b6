import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/errors.ts';

export const messages = {
  amountMalformed: '„{text}“ ist kein Betrag. Schreiben Sie Ziffern, zum Beispiel {example}.',
  amountNegative: 'Ein Betrag kann nicht negativ sein.',
  amountPercentage: '„{text}“ ist ein Prozentsatz. Schreiben Sie einen Betrag, zum Beispiel {example}.',
  amountZero: 'Der Betrag muss größer als 0 sein.',
  amountOtherCurrency: '„{text}“ ist eine andere Währung. Dieses Darlehen lautet auf {currency}.',
  amountTooManyDecimals: {
    '=0': 'Beträge in {currency} haben keine Nachkommastellen.',
    one: 'Beträge in {currency} haben höchstens {count} Nachkommastelle.',
    other: 'Beträge in {currency} haben höchstens {count} Nachkommastellen.',
  },
  amountTooMuch: 'Das ist zu viel: höchstens {max}.',
  amountAmbiguous: 'Das kann {whole} oder {decimal} bedeuten. Schreiben Sie eines davon.',
  amountAmbiguousWhole: 'Das kann {whole} bedeuten, oder {before} und einen Bruchteil. Schreiben Sie {whole}, wenn Sie das meinen.',
} as const satisfies TranslationOf<typeof english>;
