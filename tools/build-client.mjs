// Builds the published package of the client into client/dist: one module for browsers and Node, and its types.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const client = fileURLToPath(new URL('../client', import.meta.url));

export async function buildClient() {
  await rm(`${client}/dist`, { recursive: true, force: true });
  await build({
    absWorkingDir: client,
    entryPoints: ['src/index.ts'],
    outdir: 'dist',
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    sourcesContent: false, // the sources are in the package
    logLevel: 'warning',
  });
  emitTypes();
}

function emitTypes() {
  const file = `${client}/tsconfig.json`;
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    client,
  );
  const program = ts.createProgram(fileNames, options);
  const diagnostics = [...errors, ...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (diagnostics.length === 0) return;
  const host = { getCurrentDirectory: () => client, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  throw new Error(`The client's types don't compile:\n${ts.formatDiagnostics(diagnostics, host)}`);
}
