// Makes client/dist, what is published of the client: a module that browsers and Node load alike, and its types.
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
  declareTypes();
}

function declareTypes() {
  const file = `${client}/tsconfig.json`;
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    client,
  );
  const program = ts.createProgram(fileNames, options);
  const found = [...errors, ...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (found.length === 0) return;
  const host = { getCurrentDirectory: () => client, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  throw new Error(`The client's types can't be made:\n${ts.formatDiagnostics(found, host)}`);
}
