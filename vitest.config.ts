import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 22) {
  throw new Error(`This is Node ${process.versions.node}. Run "npm test", which finds a newer one.`);
}

export default defineConfig({
  resolve: {
    alias: [
      // The copy that Node gives to libraries: the sources must not have another one beside it.
      { find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') },
      // As it is now, not as it was last built.
      { find: /^@private-lending\/client$/, replacement: fileURLToPath(new URL('client/src/index.ts', import.meta.url)) },
    ],
  },
  test: {
    include: [
      ...['server/src/**/*.test.ts', 'server/test/**/*.test.ts', 'client/src/**/*.test.ts', 'e2e/**/*.test.ts'],
      ...['tools/**/*.test.ts', 'infra/**/*.test.ts', 'bench/**/*.test.ts'],
    ],
    globalSetup: ['e2e/build.ts', 'e2e/dynamodb.ts', 'e2e/browser.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
