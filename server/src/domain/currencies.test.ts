import { describe, expect, it } from 'vitest';
import { currencyCodes, DECIMALS_MAX, parseCurrency } from './currencies.ts';

/** The sixteen that `Intl.NumberFormat` of Node 24 rounds to no decimals at all. */
const WHOLE_IN_SHOPS = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');

describe('the table of currencies', () => {
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
  ])('gives %s %i decimals', (code, decimals) => {
    expect(parseCurrency(code)).toEqual({ code, decimals });
  });

  it.each(WHOLE_IN_SHOPS)('gives %s the decimals of ISO 4217, where shops round them away', (code) => {
    expect(parseCurrency(code)?.decimals).toBe(code === 'IQD' ? 3 : 2);
  });

  it('has each of the 165 once, in alphabetical order', () => {
    expect(currencyCodes).toHaveLength(165);
    expect(currencyCodes).toEqual([...new Set(currencyCodes)].sort());
    expect(currencyCodes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  });

  it('tells the most decimals that any has', () => {
    expect(DECIMALS_MAX).toBe(4);
  });

  it.each('ANG BGN BYR CUC DEM EEK FRF HRK LTL MRO ROL SLL STD TRL VEB VEF ZMK ZWD ZWL'.split(' '))(
    'does not have %s, which was withdrawn',
    (code) => {
      expect(parseCurrency(code)).toBeUndefined();
    },
  );

  it.each('XAG XAU XBA XDR XPD XPT XSU XTS XUA XXX'.split(' '))('does not have %s, in which no loan is made', (code) => {
    expect(parseCurrency(code)).toBeUndefined();
  });

  it.each(['usd', 'Usd', ' USD', 'USD ', 'US', 'USDT', '840', '', '\uff35\uff33\uff24', 'constructor', '__proto__'])(
    'does not take %j for a code',
    (code) => {
      expect(parseCurrency(code)).toBeUndefined();
    },
  );
});
