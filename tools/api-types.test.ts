import { fileURLToPath } from 'node:url';
import { AuthClient, LendingClient } from '@private-lending/client';
import { expect, it } from 'vitest';
import { generateApiTypes, operationIds, signInOperationIds } from './api-types.ts';

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

it('AuthClient has a method for each operation of sign-in, but those of browsers and of other services', () => {
  const methods = Object.getOwnPropertyNames(AuthClient.prototype).filter((name) => name !== 'constructor');
  const names: Readonly<Record<string, string>> = {
    readMe: 'me',
    requestSignInCode: 'requestCode',
    signInByEmail: 'verifyCode',
    beginSignIn: 'loginUrl',
  };
  const others = ['finishSignIn', 'signingKeys'];
  const operations = signInOperationIds().filter((id) => !others.includes(id));
  expect(new Set(methods)).toEqual(new Set([...operations.map((id) => names[id] ?? id), 'signInLocally']));
});
