import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PROJECT_NAMES, sortTestFiles } from './tools/test-projects.ts';

if (Number(process.versions.node.split('.')[0]) < 22) {
  throw new Error(`This is Node ${process.versions.node}. Run "npm test", which finds a newer one.`);
}

const files = sortTestFiles(import.meta.dirname);

const BUILD = 'e2e/build.ts';
const DYNAMODB = 'e2e/dynamodb.ts';
const BROWSER = 'e2e/browser.ts';

/** CONTRIBUTING.md lists the projects; tools/test-projects.ts finds their files. A project's set-up runs only if a file of it runs. */
const PROJECTS = {
  // In one process per worker, because loading the sources again for each file would double the time.
  unit: { globalSetup: [], isolate: false, maxWorkers: 2, sequence: { groupOrder: 0 } },
  // More workers than cores: these mostly wait for disks, databases and other processes.
  disk: { globalSetup: [], maxWorkers: 3, sequence: { groupOrder: 1 } },
  infra: { globalSetup: [BUILD], maxWorkers: 3, sequence: { groupOrder: 1 } },
  dynamodb: { globalSetup: [DYNAMODB], maxWorkers: 3, sequence: { groupOrder: 1 } },
  e2e: { globalSetup: [BUILD, DYNAMODB, BROWSER], maxWorkers: 3, sequence: { groupOrder: 1 } },
};

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
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      include: ['server/src/**/*.ts', 'client/src/**/*.ts', 'infra/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
    projects: PROJECT_NAMES.map((name) => ({ extends: true, test: { name, include: [...files[name]], ...PROJECTS[name] } })),
  },
});
