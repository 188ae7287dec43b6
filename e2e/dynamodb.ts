import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import { oncePerRun } from './once.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of DynamoDB Local; undefined where this machine can't run it. */
    dynamoDbEndpoint: string | undefined;
  }
}

/** One DynamoDB Local for all tests of a run: each makes tables of its own. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = whyNoDynamoDbLocal();
  project.provide('dynamoDbEndpoint', undefined);
  if (reason === undefined) {
    const { endpoint, stop } = await oncePerRun('dynamodb', () => startDynamoDbLocal());
    project.provide('dynamoDbEndpoint', endpoint);
    return stop;
  }
  reportSkipped('on DynamoDB', reason);
  return undefined;
}

/** @param tests `in a browser` @throws Error where nothing may be skipped */
export function reportSkipped(tests: string, reason: string): void {
  if (nothingMayBeSkipped()) throw new Error(`The tests ${tests} must run under CI=true, and can't: ${reason}.`);
  process.stderr.write(`\n  SKIPPED: every test ${tests}, because ${reason}.\n\n`);
}

/** On the machines that judge a change, what can't run is a failure. */
export function nothingMayBeSkipped(): boolean {
  return process.env['CI'] === 'true';
}
