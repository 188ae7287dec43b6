import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { PROJECT_NAMES, sortTestFiles } from './tools/test-projects.ts';

if (Number(process.versions.node.split('.')[0]) < 22) {
  throw new Error(`This is Node ${process.versions.node}. Run "npm test", which finds a newer one.`);
}

// biome-ignore lint/style/noProcessEnv: processes and threads of tests, which are hundreds, share what V8 compiles and Node strips of types
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'lending-compile-cache');

const files = sortTestFiles(import.meta.dirname);

const BUILD = 'e2e/build.ts';
const DYNAMODB = 'e2e/dynamodb.ts';
const BROWSER = 'e2e/browser.ts';
const NGINX = 'e2e/nginx.ts';

/**
 * CONTRIBUTING.md lists the projects; tools/test-projects.ts finds their files. A project's set-up runs only if a file of it runs.
 */
const PROJECTS = {
  unit: { globalSetup: [] },
  disk: { globalSetup: [] },
  infra: { globalSetup: [BUILD] },
  dynamodb: { globalSetup: [DYNAMODB] },
  e2e: { globalSetup: [BUILD, DYNAMODB, BROWSER, NGINX] },
};

/** The longest files go first, so that no worker is left alone with one at the end. */
const ORDER = ['e2e', 'dynamodb', 'infra', 'disk', 'unit'] as const;
const places = new Map(
  ORDER.flatMap((name, place) => files[name].map((file) => [join(import.meta.dirname, file), place] as const)),
);

class LongestFirst extends BaseSequencer {
  override async sort(specs: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const placeOf = ({ moduleId }: (typeof specs)[number]) => places.get(moduleId) ?? ORDER.length;
    return (await super.sort(specs)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** A run of all tests sets up everything, and a worker runs files of one project only: so fewer projects start fewer workers. */
const runsAll = process.argv.slice(2).every((argument) => argument === 'run' || /^--(?!project)/.test(argument));
const projects = runsAll
  ? [
      { name: 'e2e', include: [...files.e2e, ...files.dynamodb, ...files.infra], ...PROJECTS.e2e },
      { name: 'unit', include: [...files.disk, ...files.unit], ...PROJECTS.unit },
    ]
  : PROJECT_NAMES.map((name) => ({ name, include: [...files[name]], ...PROJECTS[name] }));

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
    isolate: false, // the files that a worker runs share their imports: loading the sources again for each would double the time
    // Tests leave much garbage and few long-lived objects. A larger young generation is collected less often.
    execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=64'],
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Other programs may keep this machine busy: with twenty others for each core, tests of a second have taken half a minute.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    coverage: {
      include: ['server/src/**/*.ts', 'client/src/**/*.ts', 'locale/src/**/*.ts', 'infra/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
    projects: projects.map((project) => ({ extends: true, test: project })),
  },
});
