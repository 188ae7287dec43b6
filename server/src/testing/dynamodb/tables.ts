import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { DynamoDbOptions } from '../../storage/dynamodb/dynamodb-store.ts';
import { createTable, type TableOptions } from '../../storage/dynamodb/table.ts';

/* The DynamoDB Local of the test run. Each test file creates tables of its own. */

/** Undefined where this machine can't run it; the test run reports why. */
export const endpoint = inject('dynamoDbEndpoint');

/** Long, as many tests share a small machine. */
const ATTEMPT_TIMEOUT_MS = 20_000;

/** @param at endpoint of DynamoDB Local, or of a proxy before it */
export function optionsAt(at: string | undefined = endpoint): DynamoDbOptions {
  return {
    client: { endpoint: at ?? '', region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
  };
}

export async function newTable(options: Pick<TableOptions, 'hasStream'> = {}): Promise<string> {
  const name = `test-${randomUUID()}`;
  await createTable(name, { ...optionsAt(), ...options });
  return name;
}
