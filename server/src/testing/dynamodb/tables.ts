import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { DynamoDbOptions } from '../../storage/dynamodb/dynamodb-store.ts';
import { createTable, type TableOptions } from '../../storage/dynamodb/table.ts';

/* The run's DynamoDB Local, which each test file has tables of its own in. */

/** Undefined where this machine can't run one, which the run has told aloud. */
export const endpoint = inject('dynamoDbEndpoint');

/** A try may take its time here: the machine is small, and the tests on it are many. */
const TRY_MS_MAX = 20_000;

/** @param at DynamoDB itself, or a proxy before it */
export function optionsAt(at: string | undefined = endpoint): DynamoDbOptions {
  return {
    client: { endpoint: at ?? '', region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    attemptTimeoutMs: TRY_MS_MAX,
  };
}

export async function newTable(options: Pick<TableOptions, 'hasStream'> = {}): Promise<string> {
  const name = `test-${randomUUID()}`;
  await createTable(name, { ...optionsAt(), ...options });
  return name;
}
