import { fileURLToPath } from 'node:url';
import { LendingClient } from '@private-lending/client';
import { expect, it } from 'vitest';
import { apiTypes, operations } from './api-types.ts';

const MENDED_BY = 'the client’s types are behind the server’s reference: npm test -- tools/api-types.test.ts -u';

it('the client has the types of the server’s reference', async () => {
  const file = fileURLToPath(new URL('../client/src/api.generated.ts', import.meta.url));
  await expect(await apiTypes(), MENDED_BY).toMatchFileSnapshot(file);
});

it('the client has a method for each call of the server’s reference, and what each answers as a file', () => {
  const methods = Object.getOwnPropertyNames(LendingClient.prototype);
  const others = ['constructor', 'url', 'random', 'canRenew', 'token', 'exportImportRows'];
  expect(new Set(methods)).toEqual(new Set([...operations(), ...others]));
});
