/* What 1,000 adds of ten lenders cost by AWS's list prices, beside what the report on the earlier system reckons. */

/** Dollars, us-east-1 in 2026, before any free tier. */
const PRICE = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  logMegabyte: 0.5e-3,
  gatewayRequest: 1e-6,
  functionRequest: 0.2e-6,
  /** On arm64. */
  gigabyteSecond: 0.0000133334,
} as const;

export interface Quantities {
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** Besides the table; estimates. */
const BESIDES = { logMegabytes: 5, gatewayRequests: 1000, functionRequests: 2000, gigabyteSeconds: 60 } as const;

/** As the report has them. Its function's memory is not told: a quarter of a gigabyte is assumed. */
const REPORTED = [
  { name: 'the earlier system, first', calls: 76, readUnits: 51_000, writeUnits: 15_000, gigabyteSeconds: 209, told: '$0.80' },
  { name: 'the earlier system, later', calls: 27, readUnits: 17_000, writeUnits: 16_000, gigabyteSeconds: 74, told: '$0.35' },
] as const;

export interface Own extends Quantities {
  readonly name: string;
  readonly calls: number;
}

/** @param units of 1,000 adds */
export function costTable(units: Quantities): string {
  const rows: [string, string, string, number][] = [
    ['table, writes', `${whole(units.writeUnits)} units`, '0.625 a million', units.writeUnits * PRICE.writeUnit],
    ['table, reads', `${whole(units.readUnits)} units`, '0.125 a million', units.readUnits * PRICE.readUnit],
    ['logs and metrics, as lines', `${BESIDES.logMegabytes} MB (estimate)`, '0.50 a GB', BESIDES.logMegabytes * PRICE.logMegabyte],
    ['gateway', `${whole(BESIDES.gatewayRequests)} requests`, '1.00 a million', BESIDES.gatewayRequests * PRICE.gatewayRequest],
    [
      'functions, requests',
      `up to ${whole(BESIDES.functionRequests)}`,
      '0.20 a million',
      BESIDES.functionRequests * PRICE.functionRequest,
    ],
    [
      'functions, time',
      `${BESIDES.gigabyteSeconds} GB-seconds (estimate)`,
      '0.0000133334',
      BESIDES.gigabyteSeconds * PRICE.gigabyteSecond,
    ],
  ];
  const together = rows.reduce((sum, [, , , dollars]) => sum + dollars, 0);
  return [
    '| for 1,000 such calls | quantity | price | $ |',
    '| --- | --- | --- | --- |',
    ...rows.map(([name, quantity, price, dollars]) => `| ${name} | ${quantity} | ${price} | ${dollars.toFixed(4)} |`),
    `| together | | | **${together.toFixed(3)}** |`,
  ].join('\n');
}

/** The quantities that both tell, at the same prices. */
export function comparedCosts(own: readonly Own[]): string {
  const rows = [...REPORTED, ...own.map((row) => ({ ...row, gigabyteSeconds: BESIDES.gigabyteSeconds, told: '' }))].map((row) => {
    const table = row.readUnits * PRICE.readUnit + row.writeUnits * PRICE.writeUnit;
    const time = row.gigabyteSeconds * PRICE.gigabyteSecond;
    const units = `${whole(row.readUnits)} | ${whole(row.writeUnits)}`;
    return `| ${row.name} | ${row.calls} | ${units} | ${table.toFixed(4)} | ${time.toFixed(4)} | ${row.told} |`;
  });
  return [
    '| for 1,000 calls | database calls each | read units | write units | table, $ | function time, $ | its own figure |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function whole(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}
