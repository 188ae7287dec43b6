import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { openApiDocument } from '../server/src/api/http/openapi/document.ts';

/** Tags of the operations that the client has. Others are for browsers, mail programs and monitoring. */
const TAGS = ['loans', 'lenders', 'invitations', 'events', 'holds'];
/** Of those that AuthClient has, with a few for browsers and other services. */
const SIGN_IN_TAG = 'sign-in';

export function operationIds(): string[] {
  return idsOf(TAGS);
}

export function signInOperationIds(): string[] {
  return idsOf([SIGN_IN_TAG]);
}

function idsOf(wanted: readonly string[]): string[] {
  return Object.values(openApiDocument().paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ tags }) => tags.some((tag) => wanted.includes(tag)))
    .map(({ operationId }) => operationId);
}

const HEADING = '// Generated from the OpenAPI document by tools/api-types.ts. Do not edit.\n\n';

/** Source of client/src/api.generated.ts. */
export async function generateApiTypes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lending-api-'));
  try {
    // Without examples, which have no types, and for which the generator prints warnings.
    const document = JSON.parse(JSON.stringify(openApiDocument(), (key, value) => (key === 'examples' ? undefined : value)));
    await createClient({
      input: document,
      output: { path: folder, entryFile: false, header: '' },
      parser: { filters: { tags: { include: [...TAGS, SIGN_IN_TAG] } } },
      plugins: ['@hey-api/typescript'],
      logs: { level: 'silent', file: false },
    });
    return HEADING + (await readFile(join(folder, 'types.gen.ts'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
