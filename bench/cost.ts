/* Cost of adding ten lenders 1,000 times at AWS's list prices, next to that in the report on the earlier system. */

/** US dollars, us-east-1 in 2026, without the free tier. */
const PRICE = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  logMegabyte: 0.5e-3,
  gatewayRequest: 1e-6,
  functionRequest: 0.2e-6,
  /** arm64. */
  gigabyteSecond: 0.0000133334,
} as const;

export interface TableUnits {
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** Usage besides the table; estimates. */
const OTHER = { logMegabytes: 5, gatewayRequests: 1000, functionRequests: 2000, gigabyteSeconds: 60 } as const;

/** From the report, which does not have its function's memory: 256 MB is assumed. */
const REPORTED = [
  { name: 'the earlier system, first', calls: 76, readUnits: 51_000, writeUnits: 15_000, gigabyteSeconds: 209, reported: '$0.80' },
  { name: 'the earlier system, later', calls: 27, readUnits: 17_000, writeUnits: 16_000, gigabyteSeconds: 74, reported: '$0.35' },
] as const;

export interface MeasuredCost extends TableUnits {
  readonly name: string;
  readonly calls: number;
}

/** @param units of 1,000 adds */
export function costTable(units: TableUnits): string {
  const rows: [string, string, string, number][] = [
    ['table, writes', `${formatInteger(units.writeUnits)} units`, '0.625 a million', units.writeUnits * PRICE.writeUnit],
    ['table, reads', `${formatInteger(units.readUnits)} units`, '0.125 a million', units.readUnits * PRICE.readUnit],
    ['logs and metrics', `${OTHER.logMegabytes} MB (estimate)`, '0.50 a GB', OTHER.logMegabytes * PRICE.logMegabyte],
    ['gateway', `${formatInteger(OTHER.gatewayRequests)} requests`, '1.00 a million', OTHER.gatewayRequests * PRICE.gatewayRequest],
    [
      'functions',
      `up to ${formatInteger(OTHER.functionRequests)}`,
      '0.20 a million',
      OTHER.functionRequests * PRICE.functionRequest,
    ],
    ['functions, time', `${OTHER.gigabyteSeconds} GB-s (estimate)`, '0.0000133334', OTHER.gigabyteSeconds * PRICE.gigabyteSecond],
  ];
  const total = rows.reduce((sum, [, , , dollars]) => sum + dollars, 0);
  return [
    '| for 1,000 such calls | quantity | price | $ |',
    '| --- | --- | --- | --- |',
    ...rows.map(([name, quantity, price, dollars]) => `| ${name} | ${quantity} | ${price} | ${dollars.toFixed(4)} |`),
    `| total | | | **${total.toFixed(3)}** |`,
  ].join('\n');
}

/** The quantities that both systems have, at the same prices. */
export function costComparison(measured: readonly MeasuredCost[]): string {
  const rows = [...REPORTED, ...measured.map((row) => ({ ...row, gigabyteSeconds: OTHER.gigabyteSeconds, reported: '' }))].map(
    (row) => {
      const table = row.readUnits * PRICE.readUnit + row.writeUnits * PRICE.writeUnit;
      const time = row.gigabyteSeconds * PRICE.gigabyteSecond;
      const units = `${formatInteger(row.readUnits)} | ${formatInteger(row.writeUnits)}`;
      return `| ${row.name} | ${row.calls} | ${units} | ${table.toFixed(4)} | ${time.toFixed(4)} | ${row.reported} |`;
    },
  );
  return [
    '| for 1,000 calls | database calls each | read units | write units | table, $ | function time, $ | as reported |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function formatInteger(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}
