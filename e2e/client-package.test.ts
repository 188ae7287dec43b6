import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/* The client as it is packed in a clone without a build, and installed by other projects. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKED = ['client', 'tools', 'server/package.json', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json'];

let folder: string;
let project: string;
let installed: string;
let tarball: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lending-package-'));
  tarball = packInFreshClone(join(folder, 'clone'));
  project = join(folder, 'project');
  installed = join(project, 'node_modules/@private-lending/client');
  mkdirSync(project);
  write('package.json', '{ "private": true }');
  npm(['install', '--offline', '--no-audit', '--no-fund', tarball], project);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns the file that `npm pack` made */
function packInFreshClone(clone: string): string {
  const filter = (source: string) => !['node_modules', 'dist'].includes(basename(source));
  for (const name of PACKED) cpSync(join(ROOT, name), join(clone, name), { recursive: true, filter });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  utimesSync(join(clone, 'package-lock.json'), 0, 0); // not newer than what is installed
  npm(['pack', '--loglevel=error'], join(clone, 'client'));
  return join(clone, 'client/private-lending-client-0.1.0.tgz');
}

function npm(args: readonly string[], cwd: string): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

function write(name: string, text: string): string {
  const file = join(project, name);
  writeFileSync(file, text);
  return file;
}

/** @returns what a file of the project prints */
async function run(name: string, text: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [write(name, text)], { cwd: project });
  return stdout + stderr;
}

/**
 * A compiler of another version, in this process. It parses each library of TypeScript once for all that it compiles.
 * @returns compiles files of the project, and returns the errors as `tsc` prints them
 */
function openCompiler(folder: string) {
  const compiler: typeof ts = createRequire(import.meta.url)(join(ROOT, folder));
  const libraries = new Map<string, ts.SourceFile | undefined>();

  return (files: readonly string[], options: Readonly<Record<string, string>>): string => {
    const lib = ['es2022', 'dom', 'dom.iterable'];
    const fixed = {
      target: 'es2022',
      lib,
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      skipDefaultLibCheck: true,
    };
    const { options: parsed, errors } = compiler.convertCompilerOptionsFromJson({ ...fixed, ...options }, project);
    const host = compiler.createCompilerHost(parsed);
    const { getSourceFile } = host;
    host.getCurrentDirectory = () => project; // where types of Node would be found
    host.getSourceFile = (name, ...rest) => {
      if (!/\/lib\.[\w.]+\.d\.ts$/.test(name)) return getSourceFile(name, ...rest);
      if (!libraries.has(name)) libraries.set(name, getSourceFile(name, ...rest));
      return libraries.get(name);
    };
    const program = compiler.createProgram({ rootNames: files.map((name) => join(project, name)), options: parsed, host });
    return compiler.formatDiagnostics([...errors, ...compiler.getPreEmitDiagnostics(program)], host);
  };
}

const EXPORTS = `[
  'ApiError', 'AuthClient', 'CircuitOpenError', 'ConflictError', 'ConnectionError', 'DeadlineError',
  'ForbiddenError', 'IdempotencyKeyReusedError', 'LendingClient', 'LendingError', 'MailLinkClient', 'NotFoundError', 'RateLimitError',
  'ServiceUnavailableError', 'UnauthorizedError', 'ValidationError', 'followImport', 'watchLoan',
]`;
const USE = `
  assert.deepEqual(Object.keys(client).filter((name) => name !== 'default' && name !== 'module.exports').sort(), ${EXPORTS}.sort());
  const lending = new client.LendingClient({ url: 'https://api.example.com', token: 'JWT', fetch: async () => Response.json({}) });
  lending.readLoan('').catch((error) => console.log(error.message));
`;

describe('package of the client', () => {
  it('has its build, the sources and no tests when it is packed in a clone without a build', () => {
    const paths = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const names = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.js.map', 'dist/index.d.ts', 'src/index.ts'];
    const commonJs = ['dist/cjs/package.json', 'dist/cjs/index.js', 'dist/cjs/index.d.ts', 'dist/cjs/feed/watch-loan.d.ts'];
    expect(paths).toEqual(expect.arrayContaining([...names, ...commonJs].map((name) => `package/${name}`)));
    expect(paths.filter((path) => /test|tsconfig|usage/.test(path))).toEqual([]);
  });

  it('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('can be imported by an ES module', async () => {
    const source = `import assert from 'node:assert'; import * as client from '@private-lending/client'; ${USE}`;
    expect(await run('main.mjs', source)).toBe('loanId must be an id, not "".\n');
  });

  it('can be required by a CommonJS module', async () => {
    const source = `const assert = require('node:assert'); const client = require('@private-lending/client'); ${USE}`;
    expect(await run('main.cjs', source)).toBe('loanId must be an id, not "".\n');
  });

  it.each([
    ['import', "export { LendingClient } from '@private-lending/client';"],
    ['require', "module.exports = require('@private-lending/client').LendingClient;"],
  ])('can be bundled for a browser by %s, without anything of Node', async (_, contents) => {
    const options = { bundle: true, write: false, platform: 'browser', logLevel: 'silent' } as const;
    const { outputFiles, warnings } = await build({ stdin: { contents, resolveDir: project }, ...options });
    expect(warnings).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/\bprocess\b|\bBuffer\b|node:/);
  });

  it('does not use Node', () => {
    const code = readFileSync(join(installed, 'dist/index.js'), 'utf8');
    expect(code).not.toMatch(/\bfrom ?["']|\bimport\(|\brequire\(|\bprocess\b|\bBuffer\b/);
  });
});

describe('types of the client’s package', { timeout: 120_000 }, () => {
  const usage = readFileSync(join(ROOT, 'client/types/usage.ts'), 'utf8');
  const old = 'tools/typescript-versions/node_modules/typescript-5.4';
  const current = 'node_modules/typescript';
  const node = { module: 'node16', moduleResolution: 'node16' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };

  /** The README states it. */
  let compileWithOldest: ReturnType<typeof openCompiler>;

  beforeAll(() => {
    for (const extension of ['ts', 'mts', 'cts']) write(`usage.${extension}`, usage);
    compileWithOldest = openCompiler('tools/typescript-versions/node_modules/typescript-5.0');
  });

  it.each([
    ['loaded by Node', ['usage.mts', 'usage.cts'], node],
    ['bundled', ['usage.ts'], bundler],
    ['with the resolution of Node 10', ['usage.ts'], { module: 'commonjs', moduleResolution: 'node' }],
  ])('compile with the oldest compiler, %s, and need no types of Node', (_, files, options) => {
    expect(compileWithOldest(files, options)).toBe('');
  });

  it.each([
    [old, node],
    [current, { module: 'nodenext', moduleResolution: 'nodenext' }],
  ])('compile with %s, loaded by Node and bundled', (folder, loaded) => {
    const compile = openCompiler(folder);
    expect(compile(['usage.mts', 'usage.cts'], loaded)).toBe('');
    expect(compile(['usage.ts'], bundler)).toBe('');
  });

  it('are checked, without types of Node: the oldest compiler rejects a wrong use', () => {
    const wrongUse =
      "import { LendingClient } from '@private-lending/client';\nnew LendingClient({ url: 1, token: 'JWT' });\nprocess.exit();\n";
    write('wrong.cts', wrongUse);
    const [wrong, unknown] = compileWithOldest(['wrong.cts'], node).split('\n');
    expect(wrong).toMatch(/^wrong\.cts\(2,21\): error TS2322/);
    expect(unknown).toMatch(/^wrong\.cts\(3,1\): error TS2580: Cannot find name 'process'/);
  });
});
