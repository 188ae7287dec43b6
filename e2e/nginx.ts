import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { reportSkipped } from './dynamodb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of nginx; undefined where this machine has none. */
    nginx: string | undefined;
  }
}

const PATHS = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];

/** Finds the reverse proxy that docs/nginx.md configures. */
export function setup(project: TestProject): void {
  const nginx = PATHS.find(existsSync);
  project.provide('nginx', nginx);
  if (nginx === undefined) reportSkipped('behind nginx', `there is no nginx at ${PATHS.join(', ')}`);
}
