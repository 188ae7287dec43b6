import { describe, expect, it } from 'vitest';
import { currencyCodes, DECIMALS_MAX, parseCurrency } from './currencies.ts';

/** `Intl.NumberFormat` of Node 24 rounds these 16 currencies to no decimals. */
const WHOLE_IN_INTL = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');

describe('parseCurrency', () => {
  it.each([
    ['JPY', 0],
    ['ISK', 0],
    ['KRW', 0],
    ['UYI', 0],
    ['XAF', 0],
    ['USD', 2],
    ['EUR', 2],
    ['CVE', 2],
    ['MRU', 2],
    ['UYU', 2],
    ['XCG', 2],
    ['ZWG', 2],
    ['BHD', 3],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
  ])('returns %s with %i decimals', (code, decimals) => {
    expect(parseCurrency(code)).toEqual({ code, decimals });
  });

  it.each(WHOLE_IN_INTL)('returns %s with the decimals of ISO 4217, which differ from Intl', (code) => {
    expect(parseCurrency(code)?.decimals).toBe(code === 'IQD' ? 3 : 2);
  });

  it('knows 165 currencies, listed once and in alphabetical order', () => {
    expect(currencyCodes).toHaveLength(165);
    expect(currencyCodes).toEqual([...new Set(currencyCodes)].sort());
    expect(currencyCodes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  });

  it('exports the largest number of decimals', () => {
    expect(DECIMALS_MAX).toBe(4);
  });

  it.each('ANG BGN BYR CUC DEM EEK FRF HRK LTL MRO ROL SLL STD TRL VEB VEF ZMK ZWD ZWL'.split(' '))(
    'rejects %s, which is withdrawn',
    (code) => {
      expect(parseCurrency(code)).toBeUndefined();
    },
  );

  it.each('XAG XAU XBA XDR XPD XPT XSU XTS XUA XXX'.split(' '))('rejects %s, in which no loan is made', (code) => {
    expect(parseCurrency(code)).toBeUndefined();
  });

  it.each(['usd', 'Usd', ' USD', 'USD ', 'US', 'USDT', '840', '', '\uff35\uff33\uff24', 'constructor', '__proto__'])(
    'rejects %j',
    (code) => {
      expect(parseCurrency(code)).toBeUndefined();
    },
  );
});
