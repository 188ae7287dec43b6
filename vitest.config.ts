import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 22) {
  throw new Error(`This is Node ${process.versions.node}. Run "npm test", which finds a newer one.`);
}

export default defineConfig({
  test: {
    include: ['server/src/**/*.test.ts', 'e2e/**/*.test.ts', 'tools/**/*.test.ts', 'infra/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['e2e/build.ts', 'e2e/dynamodb.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
