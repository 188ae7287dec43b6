// Bundles the program into dist/, without libraries, which stay in node_modules with their licences. The functions for
// AWS Lambda, in dist/lambda/, include theirs. `build.mjs program` skips them and the client's package, to be quick.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildClient } from './build-client.mjs';
import { buildConsole } from './build-console.mjs';

const common = { bundle: true, splitting: true, platform: 'node', format: 'esm', logLevel: 'warning' };

function buildProgram() {
  return build({
    ...common,
    entryPoints: {
      cli: 'server/src/cli/main.ts',
      'sqlite-check-thread': 'server/src/storage/sqlite/check-thread.ts',
      'sqlite-writer-thread': 'server/src/storage/sqlite/writer-thread.ts',
    },
    outdir: 'dist',
    packages: 'external',
    // Bundled, unlike other packages.
    alias: { '@private-lending/client': './client/src/index.ts', '@private-lending/locale': './locale/src' },
    target: 'node22.14',
    sourcemap: true,
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
    mainFields: ['module', 'main'],
    target: 'node24',
    minify: true,
    keepNames: true, // the log has the class names of errors
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
    // CommonJS libraries load Node's modules by require, which ES modules don't have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  await Promise.all([folder, notes].map((path) => rm(path, { recursive: true, force: true })));
  await Promise.all([folder, notes].map((path) => mkdir(path, { recursive: true })));
  for (const { path, contents } of outputFiles) {
    await writeFile(path.endsWith('.map') ? join(notes, basename(path)) : path, contents);
  }
  await writeFile(join(notes, 'meta.json'), JSON.stringify(metafile));
}

await buildProgram();
await buildConsole();
if (process.argv[2] !== 'program') {
  await buildClient();
  await buildFunction('api', 'server/src/lambda/api-entry.ts');
  await buildFunction('socket', 'server/src/lambda/feed-entry.ts');
  await buildFunction('stream', 'server/src/lambda/stream-entry.ts');
  await buildFunction('import', 'server/src/lambda/import-entry.ts');
  await buildFunction('clock', 'server/src/lambda/schedule-entry.ts');
  await buildFunction('setup', 'server/src/lambda/setup/setup-entry.ts');
  // The function serves the page; at deployment, the other one uploads the files that it loads.
  await cp('dist/console/index.html', 'dist/lambda/api/console.html');
  await cp('dist/console/assets', 'dist/lambda/setup/assets', { recursive: true });
}
