/**
 * Reads an `Accept` or `Accept-Encoding` header (RFC 9110, section 12.4.2).
 * @returns the weight of each range, in lower case: 1 if it has none, NaN if that is no number
 */
export function parseAccept(header: string | null | undefined): ReadonlyMap<string, number> {
  return new Map(header?.split(',').map(rangeOf));
}

/** @returns the ranges that a client does not exclude by weight 0 */
export function acceptedRanges(header: string | null | undefined): ReadonlySet<string> {
  return new Set([...parseAccept(header)].filter(([, weight]) => weight !== 0).map(([range]) => range));
}

/** Whether a client would rather have a page than JSON, as browsers do where they open an address. */
export function prefersHtml(accept: string | null | undefined): boolean {
  const weights = parseAccept(accept);
  const weightOf = (type: string) => weights.get(type) ?? weights.get(`${type.split('/')[0]}/*`) ?? weights.get('*/*') ?? 0;
  return weightOf('text/html') > Math.max(weightOf('application/json'), weightOf('application/problem+json'));
}

function rangeOf(item: string): [range: string, weight: number] {
  const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [range, weight === undefined ? 1 : Number(weight)];
}
