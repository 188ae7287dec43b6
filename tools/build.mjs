// Bundles the program into dist/, with its libraries: a command starts in two thirds of the time that it takes to load
// them one by one. SQLite, which has a binary, stays in node_modules, as do the licences of all. The functions for AWS
// Lambda are in dist/lambda/. `build.mjs program` skips them and the client's package, to be quick.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildClient } from './build-client.mjs';
import { buildConsole } from './build-console.mjs';

const common = {
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  // CommonJS libraries load Node's modules by require, which ES modules don't have.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
};

function buildProgram() {
  return build({
    ...common,
    entryPoints: {
      cli: 'server/src/cli/main.ts',
      'sqlite-check-thread': 'server/src/storage/sqlite/threads/check-thread.ts',
      'sqlite-checkpoint-thread': 'server/src/storage/sqlite/threads/checkpoint-thread.ts',
      'sqlite-migrate-thread': 'server/src/storage/sqlite/threads/migrate-thread.ts',
      'sqlite-writer-thread': 'server/src/storage/sqlite/threads/writer-thread.ts',
    },
    outdir: 'dist',
    external: ['better-sqlite3'],
    alias: { '@private-lending/client': './client/src/index.ts', '@private-lending/locale': './locale/src' },
    target: 'node22.14',
    sourcemap: true,
    sourcesContent: false, // Node reads the maps at start
  });
}

/** Builds a folder to deploy, with `index.mjs`. Its source maps and esbuild's metafile are in `NAME-notes`. */
async function buildFunction(name, entry) {
  const folder = `dist/lambda/${name}`;
  const notes = `dist/lambda/${name}-notes`;
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    target: 'node24',
    minify: true,
    keepNames: true, // the log has the class names of errors
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  await Promise.all([folder, notes].map((path) => rm(path, { recursive: true, force: true })));
  await Promise.all([folder, notes].map((path) => mkdir(path, { recursive: true })));
  for (const { path, contents } of outputFiles) {
    await writeFile(path.endsWith('.map') ? join(notes, basename(path)) : path, contents);
  }
  await writeFile(join(notes, 'meta.json'), JSON.stringify(metafile));
}

async function buildFunctions() {
  await Promise.all([
    buildFunction('api', 'server/src/lambda/api-entry.ts'),
    buildFunction('socket', 'server/src/lambda/feed-entry.ts'),
    buildFunction('stream', 'server/src/lambda/stream-entry.ts'),
    buildFunction('import', 'server/src/lambda/import-entry.ts'),
    buildFunction('clock', 'server/src/lambda/schedule-entry.ts'),
    buildFunction('bounces', 'server/src/lambda/bounces/bounces-entry.ts'),
    buildFunction('setup', 'server/src/lambda/setup/setup-entry.ts'),
  ]);
}

const isProgramOnly = process.argv[2] === 'program';
// esbuild is a process of its own: it bundles while this one, whose compiler and Vite take one processor, builds the rest.
const bundled = Promise.all([buildProgram(), ...(isProgramOnly ? [] : [buildFunctions()])]);
await Promise.all([bundled, buildConsole(), ...(isProgramOnly ? [] : [buildClient()])]);
if (!isProgramOnly) {
  // The function serves the page; at deployment, the other one uploads the files that it loads.
  await cp('dist/console/index.html', 'dist/lambda/api/console.html');
  await cp('dist/console/assets', 'dist/lambda/setup/assets', { recursive: true });
}
