/**
 * Currencies of ISO 4217 (list one, January 2026) by the decimals of their minor unit, without precious metals, test codes
 * and units of account. Not taken from `Intl`, whose decimals of 16 currencies differ from ISO 4217.
 */
const codesByDecimals: ReadonlyArray<readonly [decimals: number, codes: string]> = [
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

const decimalsByCode: ReadonlyMap<string, number> = new Map(
  codesByDecimals.flatMap(([decimals, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, decimals])),
);

/** Stored with each loan, so that a later change of ISO 4217 does not change the amounts of existing loans. */
export interface Currency {
  readonly code: string;
  /** Decimals of the minor unit: 2 for USD, 0 for JPY. */
  readonly decimals: number;
}

/** The largest amount in minor units, of any currency. Sums of it stay far below 2^53. */
export const UNITS_MAX = 1e12;

export const DECIMALS_MAX = Math.max(...decimalsByCode.values());

export const currencyCodes: readonly string[] = [...decimalsByCode.keys()].sort();

/** @param code ISO 4217 in capitals, such as `USD` */
export function parseCurrency(code: string): Currency | undefined {
  const decimals = decimalsByCode.get(code);
  return decimals === undefined ? undefined : { code, decimals };
}
