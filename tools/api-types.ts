import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { openApiDocument } from '../server/src/api/http/openapi/document.ts';

/** What programs call; the rest of the reference is for people, for mail programs and for whoever watches the server. */
const TAGS = ['loans', 'lenders', 'invitations', 'events'];

/** Names of the calls that the client has. */
export function operations(): string[] {
  return Object.values(openApiDocument().paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ tags }) => tags.some((tag) => TAGS.includes(tag)))
    .map(({ operationId }) => operationId);
}

const HEADING = '// Made from the server’s reference, which is made of the schemas that validate. Not to be changed by hand.\n\n';

/** The client's types of requests and answers, as its source has them. */
export async function apiTypes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lending-api-'));
  try {
    // Examples make no types, and the generator complains of each.
    const document = JSON.parse(JSON.stringify(openApiDocument(), (key, value) => (key === 'examples' ? undefined : value)));
    await createClient({
      input: document,
      output: { path: folder, entryFile: false, header: '' },
      parser: { filters: { tags: { include: TAGS } } },
      plugins: ['@hey-api/typescript'],
      logs: { level: 'silent', file: false },
    });
    return HEADING + (await readFile(join(folder, 'types.gen.ts'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
