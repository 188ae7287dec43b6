import { expect, it } from 'vitest';
import { measureClientSizes, overSize } from './client-size.ts';

it('client stays within its size limit, and is not larger when only one call is used', async () => {
  const sizes = await measureClientSizes();
  expect(overSize(sizes)).toEqual([]);
  const [whole = 0, oneCall] = sizes.map(({ gzipBytes }) => gzipBytes);
  expect(oneCall).toBeLessThanOrEqual(whole);
});

it('overSize reports a client that exceeds its size limit', async () => {
  const grown = (await measureClientSizes()).map((size) => ({ ...size, gzipBytes: size.gzipBytes + 9000 }));
  expect(overSize(grown)).toEqual([expect.stringMatching(/^the client has \d+ bytes with gzip; the maximum is \d+$/)]);
});
