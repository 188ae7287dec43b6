/**
 * The currencies of ISO 4217 (list one, as of January 2026) by the number of decimals of their minor unit.
 * Precious metals, test codes and units of account without a minor unit are left out: no loan is made in them.
 * Kept here, and not asked of `Intl`, which rounds sixteen of them to what is usual in shops.
 */
const byDecimals: ReadonlyArray<readonly [decimals: number, codes: string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
     COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
     JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
     NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
     THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const decimalsOf: ReadonlyMap<string, number> = new Map(
  byDecimals.flatMap(([decimals, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, decimals])),
);

/** A currency as a loan keeps it: a later change of ISO's table does not move the point in an old loan. */
export interface Currency {
  readonly code: string;
  /** Decimals of the minor unit: 2 for USD, 0 for JPY. */
  readonly decimals: number;
}

/** The most decimals that any currency has. */
export const DECIMALS_MAX = Math.max(...decimalsOf.values());

export const currencyCodes: readonly string[] = [...decimalsOf.keys()].sort();

/** @param code three capital letters of ISO 4217, such as `USD` */
export function parseCurrency(code: string): Currency | undefined {
  const decimals = decimalsOf.get(code);
  return decimals === undefined ? undefined : { code, decimals };
}
