import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LendingClient } from '../client/src/index.ts';
import { openWorkplace, type Served, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

/* The examples that integrators copy, against the package as it is published. */

const client = fileURLToPath(new URL('../client', import.meta.url));
const page = readFileSync(join(client, 'README.md'), 'utf8');
/** One program: each block continues the one before. */
const source = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join('\n');
const expectedOutput = [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, line = '']) => line);

let work: Workplace;

beforeAll(() => {
  work = openWorkplace();
  mkdirSync(work.path('node_modules/@private-lending'), { recursive: true });
  symlinkSync(client, work.path('node_modules/@private-lending/client'), 'dir');
});

afterAll(() => work.close());

/** @returns the compiler's errors */
function compile(name: string, text: string): string[] {
  const file = work.path(name);
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2024,
    types: ['node'],
    typeRoots: [fileURLToPath(new URL('../node_modules/@types', import.meta.url))],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ start: position = 0, messageText }) => `${position}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

describe('examples of the client’s README', () => {
  let server: Served;

  beforeAll(async () => {
    server = await work.serve();
  });

  it('README examples compile', () => {
    expect(compile('readme.mts', source)).toEqual([]);
  });

  it('README examples print what their comments promise', async () => {
    writeFileSync(work.path('run.mts'), source);
    const { token } = await signIn(server.url, 'ana@example.com');
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const settings = { LENDING_URL: server.url, LENDING_TOKEN: token };
    const { code, stdout, stderr } = await startIn(work.path(), process.execPath, [...flags, 'run.mts'], settings).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(expectedOutput.length).toBeGreaterThan(8);
    expect(stdout.trimEnd().split('\n')).toEqual(expectedOutput);
  });
});

it('compiles the @example of every method of LendingClient, and those of other docstrings', () => {
  const files = readdirSync(join(client, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const text = files.map((file) => readFileSync(join(client, 'src', file), 'utf8')).join('\n');
  const examples = [...text.matchAll(/@example\n((?: +\*(?!\/).*\n)+)/g)].map(([, lines = '']) => lines.replace(/^ +\* ?/gm, ''));
  const notCalls = ['constructor', 'url', 'random', 'canRenew', 'token'];
  const methods = Object.getOwnPropertyNames(LendingClient.prototype).filter((name) => !notCalls.includes(name));
  for (const name of methods) expect(examples.join('')).toContain(`lending.${name}(`);
  const given = 'lending: LendingClient, loanId: string, lenderId: string, importId: string';
  const functions = examples.map((example, n) => `export async function example${n}(${given}) {\n${example}}\n`);
  const imports = "import { ApiError, followImport, LendingClient, watchLoan } from '@private-lending/client';\n";
  expect(compile('docstrings.mts', imports + functions.join(''))).toEqual([]);
});
