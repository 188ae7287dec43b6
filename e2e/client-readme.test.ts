import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthClient, LendingClient } from '../client/src/index.ts';
import { openWorkplace, type Served, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';

/* The examples that integrators copy, against the package as it is published. */

const client = fileURLToPath(new URL('../client', import.meta.url));
const page = readFileSync(join(client, 'README.md'), 'utf8');
/** One program: each block continues the one before. */
const source = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join('\n');
const shellBlocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
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
    server = await work.serve({ OPERATORS: 'olga@example.com' });
  });

  it('README examples compile', () => {
    expect(compile('readme.mts', source)).toEqual([]);
  }, 120_000);

  it('README examples print what their comments promise', async () => {
    writeFileSync(work.path('run.mts'), source);
    const [, tokenCommands = ''] = shellBlocks;
    const printTokens = '\necho "$LENDING_TOKEN $BEN_TOKEN $OPERATOR_TOKEN"';
    const commands = tokenCommands.replace('http://127.0.0.1:3000', server.url) + printTokens;
    const [token = '', benToken = '', operatorToken = ''] = (await work.paste(commands)).stdout.trim().split(' ');
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const tokens = { LENDING_TOKEN: token, BEN_TOKEN: benToken, OPERATOR_TOKEN: operatorToken };
    const settings = { LENDING_URL: server.url, ...tokens };
    const { code, stdout, stderr } = await startIn(work.path(), process.execPath, [...flags, 'run.mts'], settings).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(expectedOutput.length).toBeGreaterThan(20);
    expect(stdout.trimEnd().split('\n')).toEqual(expectedOutput);
  });
});

describe('README of the client', () => {
  const index = readFileSync(join(client, 'src/index.ts'), 'utf8');
  const exported = [...index.matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.replace('type ', '').trim())
    .filter((name) => name !== '');

  it('names everything that the package exports', () => {
    expect(exported.length).toBeGreaterThan(20);
    expect(exported.filter((name) => !page.includes(`\`${name}\``) && !new RegExp(`\\b${name}\\(`).test(source))).toEqual([]);
  });

  it('runs every method, and every function', () => {
    const functions = exported.filter((name) => /^[a-z]/.test(name)).map((name) => `${name}(`);
    expect(functions).toHaveLength(2);
    const called = [...clientMethods().map((name) => `.${name}(`), ...functions, '.pages(', '.toArray(', '.withResponse('];
    expect(called.filter((call) => !source.includes(call))).toEqual([]);
  });

  it('runs no package of others by npx', () => {
    expect(page).not.toMatch(/\bnpx\b/);
  });
});

function clientMethods(): string[] {
  const notCalls = ['constructor', 'url', 'random', 'canRenew', 'session', 'token'];
  return Object.getOwnPropertyNames(LendingClient.prototype).filter((name) => !notCalls.includes(name));
}

it('compiles the @example of every method of LendingClient and AuthClient, and those of other docstrings', () => {
  const files = readdirSync(join(client, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const text = files.map((file) => readFileSync(join(client, 'src', file), 'utf8')).join('\n');
  const examples = [...text.matchAll(/@example\n((?: +\*(?!\/).*\n)+)/g)].map(([, lines = '']) => lines.replace(/^ +\* ?/gm, ''));
  for (const name of clientMethods()) expect(examples.join('')).toContain(`lending.${name}(`);
  for (const name of Object.getOwnPropertyNames(AuthClient.prototype))
    if (name !== 'constructor') expect(examples.join('')).toContain(`auth.${name}(`);
  const given =
    'lending: LendingClient, auth: AuthClient, links: MailLinkClient, loanId: string, lenderId: string, importId: string, holdId: string';
  const functions = examples.map((example, n) => `export async function example${n}(${given}) {\n${example}}\n`);
  const imports =
    "import { ApiError, AuthClient, followImport, LendingClient, MailLinkClient, watchLoan } from '@private-lending/client';\n";
  expect(compile('docstrings.mts', imports + functions.join(''))).toEqual([]);
}, 120_000);
