// Bundles the server's own sources into dist/; libraries stay in node_modules, where their licences and updates are.
// What goes to AWS Lambda, into dist/lambda/, is the exception: a function is uploaded with all that it needs. It takes its
// time, so `build.mjs program` leaves it out, and the client's package too.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildClient } from './build-client.mjs';

const common = { bundle: true, splitting: true, platform: 'node', format: 'esm', logLevel: 'warning' };

function buildProgram() {
  return build({
    ...common,
    entryPoints: {
      cli: 'server/src/cli/main.ts',
      'sqlite-thread': 'server/src/storage/sqlite/writer-thread.ts',
    },
    outdir: 'dist',
    packages: 'external',
    alias: { '@private-lending/client': './client/src/index.ts' }, // ours too, though it is a package
    target: 'node22.14',
    sourcemap: true,
  });
}

/** A folder to upload, with `index.mjs` in it; source maps and esbuild's account of the sizes stand beside it. */
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
    keepNames: true, // logs tell errors by their class
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
    // Libraries in CommonJS ask for Node's own modules by require, which an ES module lacks.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  await Promise.all([folder, notes].map((made) => rm(made, { recursive: true, force: true })));
  await Promise.all([folder, notes].map((made) => mkdir(made, { recursive: true })));
  for (const { path, contents } of outputFiles) {
    await writeFile(path.endsWith('.map') ? join(notes, basename(path)) : path, contents);
  }
  await writeFile(join(notes, 'meta.json'), JSON.stringify(metafile));
}

await buildProgram();
if (process.argv[2] !== 'program') {
  await buildClient();
  await buildFunction('api', 'server/src/lambda/api-entry.ts');
  await buildFunction('socket', 'server/src/lambda/feed-entry.ts');
  await buildFunction('stream', 'server/src/lambda/stream-entry.ts');
  await buildFunction('import', 'server/src/lambda/import-entry.ts');
  await buildFunction('clock', 'server/src/lambda/schedule-entry.ts');
}
