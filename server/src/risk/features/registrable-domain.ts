/** Second-level labels under which countries register names: `co.uk`, `com.br`, `ac.jp`. */
const SECOND_LEVEL: ReadonlySet<string> = new Set([
  'ac',
  'co',
  'com',
  'ed',
  'edu',
  'gob',
  'gov',
  'gv',
  'id',
  'ltd',
  'ne',
  'net',
  'nom',
  'or',
  'org',
  'plc',
  'sch',
]);

/**
 * The domain that somebody registered, of any of its subdomains, as a rule of thumb instead of the list of public suffixes: two
 * labels, or three under a label such as `co` of a country.
 */
export function registrableDomain(domain: string): string {
  const labels = domain.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  const isCountry = top.length === 2 && SECOND_LEVEL.has(second);
  return labels.slice(isCountry ? -3 : -2).join('.');
}
