import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const client = fileURLToPath(new URL('../client', import.meta.url));

const STRICT: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
};

describe('package of the client', () => {
  it('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: client, strict: true, pack: 'npm' });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('contains the build and the sources, but no tests', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: client,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ files }] = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]).parse(JSON.parse(packed));
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.js.map', 'dist/index.d.ts', 'src/index.ts']),
    );
    expect(paths.filter((path) => /test|tsconfig|usage/.test(path))).toEqual([]);
  });

  it.each([
    ['bundled for a browser', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
    ['loaded by Node', { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
  ])('has types that need none of Node’s, %s', (_, options) => {
    const libraries = ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'];
    const program = ts.createProgram([join(client, 'types/usage.ts')], { ...STRICT, ...options, types: [], lib: libraries });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual(
      [],
    );
    const loaded = program.getSourceFiles().map(({ fileName }) => fileName);
    expect(loaded.filter((file) => file.startsWith(client))).toContain(join(client, 'dist/index.d.ts'));
    expect(loaded.filter((file) => file.includes('@types') || file.includes('/client/src/'))).toEqual([]);
  });

  it('does not use Node', () => {
    expect(ts.sys.readFile(join(client, 'dist/index.js'))).not.toMatch(
      /\bfrom ?["']|\bimport\(|\brequire\(|\bprocess\b|\bBuffer\b/,
    );
  });
});
