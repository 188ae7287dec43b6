import { fileURLToPath } from 'node:url';
import { LendingClient } from '@private-lending/client';
import { expect, it } from 'vitest';
import { generateApiTypes, operationIds } from './api-types.ts';

const UPDATE = 'the client’s types differ from the OpenAPI document. Update them: npm test -- tools/api-types.test.ts -u';

it('client types match the OpenAPI document', async () => {
  const file = fileURLToPath(new URL('../client/src/api.generated.ts', import.meta.url));
  await expect(await generateApiTypes(), UPDATE).toMatchFileSnapshot(file);
});

it('LendingClient has a method for each operation of the OpenAPI document, and one for the CSV export', () => {
  const methods = Object.getOwnPropertyNames(LendingClient.prototype);
  const others = ['constructor', 'url', 'random', 'canRenew', 'session', 'token', 'exportImportRows'];
  expect(new Set(methods)).toEqual(new Set([...operationIds(), ...others]));
});
