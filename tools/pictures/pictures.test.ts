import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Imports, readImports } from './imports.ts';
import { drawLayers } from './layers.ts';
import { drawRequest } from './request.ts';

const OUTDATED = 'docs/img/ is behind the imports of the code. Run npm run docs:pictures.';

let imports: Imports;

beforeAll(async () => {
  imports = await readImports();
});

describe('the pictures of docs/architecture.md', () => {
  it.each([
    ['architecture.svg', drawLayers],
    ['request.svg', drawRequest],
  ] as const)('draws docs/img/%s from the imports of the code', async (name, draw) => {
    const file = fileURLToPath(new URL(`../../docs/img/${name}`, import.meta.url));
    await expect(draw(imports), OUTDATED).toMatchFileSnapshot(file);
  });

  it('rejects a folder that has no place in the picture', () => {
    const withNewFolder = new Map([...imports, ['server/src/rating/score.ts', []]]);
    expect(() => drawLayers(withNewFolder)).toThrow('Add the folder rating to tools/pictures/layers.ts.');
  });

  it('rejects a step of the request whose file is not reached by imports', () => {
    const withoutRules = new Map([...imports].filter(([file]) => file !== 'server/src/domain/invitation.ts'));
    expect(() => drawRequest(withoutRules)).toThrow('domain/invitation.ts takes no part in a request');
  });
});
