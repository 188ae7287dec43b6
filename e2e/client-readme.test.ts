import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIn } from '../server/src/testing/process/cli-process.ts';
import { type Program, signIn, start, temporaryFolder } from './program.ts';

/* The examples that integrators copy, as they stand, with the package as it is published. */

const client = fileURLToPath(new URL('../client', import.meta.url));
const page = readFileSync(join(client, 'README.md'), 'utf8');
/** Each goes on where the one before it ends, as a reader would. */
const source = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join('\n');
const promised = [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, line = '']) => line);

describe('the examples in the client’s README', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let program: Program;
  let examplesFile: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    program = await start(folder.path);
    examplesFile = join(folder.path, 'examples.mts');
    writeFileSync(examplesFile, source);
    mkdirSync(join(folder.path, 'node_modules/@private-lending'), { recursive: true });
    symlinkSync(client, join(folder.path, 'node_modules/@private-lending/client'), 'dir');
  });
  afterAll(async () => {
    await program.stop();
    await folder.remove();
  });

  it('compile', () => {
    const examples = ts.createProgram([examplesFile], {
      ...{ strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2024, types: ['node'] },
      typeRoots: [fileURLToPath(new URL('../node_modules/@types', import.meta.url))],
      ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    });
    const found = ts.getPreEmitDiagnostics(examples).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(found).toEqual([]);
  });

  it('print what they promise', async () => {
    const { token } = await signIn(program.url, 'ana@example.com');
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const settings = { LENDING_URL: program.url, LENDING_TOKEN: token };
    const { code, stdout, stderr } = await startIn(folder.path, process.execPath, [...flags, examplesFile], settings).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(promised.length).toBeGreaterThan(8);
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  });
});
