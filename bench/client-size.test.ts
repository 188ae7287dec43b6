import { expect, it } from 'vitest';
import { measureClientSizes, overSize } from './client-size.ts';

it('the client stays as small as it is said to be, and smaller than a client with its guarantees', async () => {
  const sizes = await measureClientSizes();
  expect(overSize(sizes)).toEqual([]);
  const [whole, some, stripe] = sizes.map(({ gzipBytes }) => gzipBytes);
  expect(some).toBeLessThanOrEqual(whole ?? 0);
  expect(whole).toBeLessThan(stripe ?? 0);
});

it('a client that has grown over its limit is told of', async () => {
  const grown = (await measureClientSizes()).map((size) => ({ ...size, gzipBytes: size.gzipBytes + 1_000_000 }));
  expect(overSize(grown)).toEqual([expect.stringMatching(/^the client has \d+ bytes as gzip has it; \d+ is the most$/)]);
});
