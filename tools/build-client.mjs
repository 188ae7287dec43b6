// Builds the published package of the client into client/dist: one module for browsers and Node, the same for CommonJS in
// client/dist/cjs, and types for each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const client = fileURLToPath(new URL('../client', import.meta.url));

export async function buildClient() {
  await rm(`${client}/dist`, { recursive: true, force: true });
  await bundle('esm', 'dist');
  await bundle('cjs', 'dist/cjs');
  write(`${client}/dist/cjs/package.json`, `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`);
  emitTypes();
}

function bundle(format, outdir) {
  return build({
    absWorkingDir: client,
    entryPoints: ['src/index.ts'],
    outdir,
    bundle: true,
    platform: 'neutral',
    format,
    target: 'es2022',
    sourcemap: true,
    sourcesContent: false, // the sources are in the package
    logLevel: 'warning',
  });
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The types of CommonJS are a copy: the package.json beside them says what they describe. */
function writeTypes(file, text) {
  // The compiler leaves `.ts` in the imports of types, which consumers' compilers resolve only from 5.0 on.
  const resolvable = text.replace(/(from '\.[^']*|import\("\.[^"]*)\.ts(?=['"])/g, '$1.js');
  write(file, resolvable);
  if (file.endsWith('.d.ts')) write(file.replace('/dist/', '/dist/cjs/'), resolvable.replace(/\n\/\/# sourceMappingURL=.*$/, '\n'));
}

function emitTypes() {
  const file = `${client}/tsconfig.json`;
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    client,
  );
  const program = ts.createProgram(fileNames, options);
  const diagnostics = [...errors, ...ts.getPreEmitDiagnostics(program), ...program.emit(undefined, writeTypes).diagnostics];
  if (diagnostics.length === 0) return;
  const host = { getCurrentDirectory: () => client, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  throw new Error(`The client's types don't compile:\n${ts.formatDiagnostics(diagnostics, host)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
