import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { directions, noCircles } from './import-rules.ts';
import {
  FILE_LINES,
  FUNCTION_LINES,
  filesAreShort,
  functionsAreShort,
  keysInOnePlace,
  noAny,
  noDefaultExport,
  noFileThatOnlyPassesOn,
  type Rule,
  type Source,
  settingsInOnePlace,
  sourceOf,
  sourcesIn,
} from './style-rules.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the style of the sources', () => {
  let sources: readonly Source[];

  beforeAll(() => {
    sources = sourcesIn(ROOT);
  });

  it('is judged on all of them', () => {
    const files = sources.map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining(['server/src/app.ts', 'server/src/tidy.test.ts', 'tools/launch.mjs']));
    expect(files.filter((file) => /node_modules|dist\//.test(file))).toEqual([]);
  });

  it.each<[string, Rule]>([
    ['each room imports only what it may', directions],
    ['no imports go in a circle', noCircles],
    ['no file only passes on what others export', noFileThatOnlyPassesOn],
    ['nothing is exported as default', noDefaultExport],
    ['nothing is any', noAny],
    [`nine functions of ten have at most ${FUNCTION_LINES.p90} lines, all at most ${FUNCTION_LINES.max}`, functionsAreShort],
    [`nine files of ten have at most ${FILE_LINES.p90} lines, all at most ${FILE_LINES.max}`, filesAreShort],
    ['only config.ts reads the environment', settingsInOnePlace],
    ['only keys.ts spells the keys of the store', keysInOnePlace],
  ])('%s', (_, rule) => {
    expect(rule(sources).join('\n')).toBe('');
  });
});

describe('the checks of imports', () => {
  it.each([
    ['domain/loan.ts', "import type { Store } from '../storage/store.ts';", 'domain may import nothing of ours'],
    ['storage/sqlite.ts', "import { add } from '../domain/money.ts';", 'Storage takes only types from the domain, not add'],
    ['storage/sqlite.ts', "import { execute } from '../usecases/execute.ts';", 'storage may import domain'],
    ['usecases/add.ts', "import { openSqlite } from '../storage/sqlite.ts';", 'the Store and the keys only'],
    [
      'usecases/add.ts',
      "import { KEYS_MAX, type Store } from '../storage/store.ts';",
      'types and StoreError from the store, not KEYS_MAX',
    ],
    ['usecases/add.ts', "import type { Route } from '../doors/http/routes.ts';", 'usecases may import domain, storage'],
    ['telemetry/log.ts', "export * from '../doors/http/door.ts';", 'telemetry may import domain, storage, usecases'],
    ['admission/oidc.ts', "const config = await import('../config.ts');", 'admission may import'],
    ['doors/http/door.ts', "import '../../main/serve.ts';", 'Only entries and tests import main'],
    ['doors/http/door.ts', "let lab: import('../../testing/lab.ts').Lab;", 'Only entries and tests import testing'],
    ['app.ts', "import { serve } from '../../src/standalone/serve.ts';", 'Only entries and tests import main'],
    ['doors/http/door.ts', "import type { Loan } from '../../../../client/src/api.ts';", 'beside the server import the client'],
  ])('find what %s may not: %s', (file, text, objection) => {
    expect(directions([sourceOf(`server/src/${file}`, `\n${text}`)])).toEqual([
      expect.stringMatching(new RegExp(`^server/src/${file}:2 imports (?:server|client)/src/.*${objection}`)),
    ]);
  });

  it('find a client that imports from the server', () => {
    const found = directions([sourceOf('client/src/index.ts', "import type { Loan } from '../../src/domain/loan.ts';")]);
    expect(found.join()).toContain('client may import nothing of ours');
  });

  it('find a server that is made of its client', () => {
    const text = "import { ApiError } from '@private-lending/client';";
    const found = directions(['server/src/app.ts', 'server/src/main/watch.ts'].map((file) => sourceOf(file, text)));
    expect(found).toEqual([expect.stringMatching(/^server\/src\/app\.ts:1 imports client\/src\/index\.ts\./)]);
  });

  it('find a stack that runs the program', () => {
    const found = directions([sourceOf('infra/api.ts', "import { readConfig } from '../server/src/config.ts';")]);
    expect(found.join()).toContain("The stack takes the table's layout, its keys and types, not readConfig");
  });

  it.each([
    ["import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts'; import { addTable } from './table.ts';"],
    ["import { EVENT } from '../server/src/storage/keys.ts';"],
    ["import type { ErrorType } from '../server/src/domain/errors.ts';"],
  ])('let a stack be: %s', (text) => {
    expect(directions([sourceOf('infra/api.ts', text)])).toEqual([]);
  });

  it.each([
    ['domain/loan.ts', "import { add } from './money.ts'; import * as z from 'zod';"],
    ['storage/sqlite.ts', "import type { Loan } from '../domain/loan.ts'; import { type Key, KEYS_MAX } from './store.ts';"],
    [
      'usecases/add.ts',
      "import { loanKey } from '../storage/keys.ts'; import { StoreError, type Store } from '../storage/store.ts';",
    ],
    ['doors/http/door.ts', "import { readConfig } from '../../config.ts'; import { log } from '../../telemetry/log.ts';"],
    ['main/cli.ts', "import { createApp } from '../app.ts';"],
    ['domain/loan.test.ts', "import { openLab } from '../testing/lab.ts';"],
  ])('let %s be: %s', (file, text) => {
    expect(directions([sourceOf(`server/src/${file}`, text)])).toEqual([]);
  });

  it('find a circle, of types too, and only there', () => {
    const sources = [
      sourceOf('server/src/domain/a.ts', "import { b } from './b.ts';"),
      sourceOf('server/src/domain/b.ts', "import { c } from './c.ts';\nimport { d } from './d.ts';"),
      sourceOf('server/src/domain/c.ts', "import type { A } from './a.ts';"),
      sourceOf('server/src/domain/d.ts', "import { c } from './c.ts';"),
    ];
    expect(noCircles(sources)).toEqual([
      expect.stringMatching(/^server\/src\/domain\/c\.ts:1 closes a circle of imports: a\.ts → b\.ts → c\.ts → a\.ts\. Move/),
    ]);
    expect(noCircles(sources.filter(({ file }) => !file.endsWith('c.ts')))).toEqual([]);
  });
});

describe('the checks of form', () => {
  const keys = sourceOf('server/src/storage/keys.ts', `const key = \`${'loan'}#\${id}\`;`);

  it.each<[string, Rule, string, string]>([
    [
      'a file that only passes on',
      noFileThatOnlyPassesOn,
      "export { a } from './a.ts';\nexport * from './b.ts';",
      ':1 only passes on',
    ],
    ['one in two steps', noFileThatOnlyPassesOn, "import { a } from './a.ts';\nexport { a };", ':1 only passes on'],
    ['a default export', noDefaultExport, 'const a = 1;\nexport default a;', ':2 exports a default'],
    ['a default function', noDefaultExport, 'export default function f() {}', ':1 exports a default'],
    ['a default by name', noDefaultExport, 'const a = 1;\nexport { a as default };', ':2 exports a default'],
    ['any', noAny, 'let a: string;\nlet b: Map<string, any>;', ':2 says any'],
    ['any outside of tests, excused', noAny, '// biome-ignore lint/suspicious/noExplicitAny: x\nlet a: any;', ':2 says any'],
    ['the environment', settingsInOnePlace, '\nconst port = process.env.PORT;', ':2 reads the environment'],
    ['the environment, in brackets', settingsInOnePlace, "const port = process['env'].PORT;", ':1 reads the environment'],
    ['the environment, imported', settingsInOnePlace, "import { env as e } from 'node:process';", ':1 reads the environment'],
    ['a key', keysInOnePlace, `const a = 1;\nconst key = '${'loan'}#1';`, ':2 spells a key'],
    ['a key in a template', keysInOnePlace, `const key = \`${'loan'}#\${id}\`;`, ':1 spells a key'],
    ['a long function', functionsAreShort, `\n${longFunction(71)}`, ':2 long is a function of 71 lines; 70 is the most'],
    [
      'a long method',
      functionsAreShort,
      `class A {\n${longFunction(71).replace('function ', '')}\n}`,
      ':2 long is a function of 71',
    ],
    ['a long test', functionsAreShort, `it('x', () => {${'\n'.repeat(70)}});`, ':1 a function is a function of 71 lines'],
    [
      'a long test in a describe',
      functionsAreShort,
      `describe('y', () => { it('x', () => {${'\n'.repeat(70)}}); });`,
      'of 71 lines',
    ],
    ['a long file', filesAreShort, 'a;\n'.repeat(401), ':1 is a file of 401 lines; 400 is the most'],
  ])('find %s', (_, rule, text, found) => {
    expect(rule([keys, sourceOf('server/src/usecases/x.ts', text)])).toEqual([
      expect.stringMatching(new RegExp(`^server/src/usecases/x\\.ts.*${found}.*\\. [A-Z]`)),
    ]);
  });

  it.each<[string, Rule, string, file?: string]>([
    ['a file that adds something', noFileThatOnlyPassesOn, "export * from './a.ts';\nexport const b = 1;"],
    ['a file that runs something', noFileThatOnlyPassesOn, "import './a.ts';"],
    ['the way into a package', noFileThatOnlyPassesOn, "export { a } from './a.ts';", 'client/src/index.ts'],
    ['the word any', noAny, '/** any */ const any = "any";'],
    ['the word default', noDefaultExport, 'switch (a) { default: b = { default: 1 }; }'],
    ['another environment', settingsInOnePlace, 'const e = context.env;'],
    ['a place on a page', keysInOnePlace, `const link = '#${'loan'}'; const other = 'un${'loan'}#';`],
    [
      'a function of the most lines',
      functionsAreShort,
      Array.from({ length: 9 }, () => 'function f() {}').join('\n') + longFunction(70),
    ],
    [
      'a long describe',
      functionsAreShort,
      `describe('x', () => {${'\n'.repeat(99)}});\ndescribe.each(a)('y', () => {${'\n'.repeat(99)}});`,
    ],
  ])('let %s be', (_, rule, text, file = 'server/src/usecases/x.ts') => {
    expect(rule([keys, sourceOf(file, text)])).toEqual([]);
  });

  it('let a test look freely into an answer, where it says why', () => {
    const text = '// biome-ignore lint/suspicious/noExplicitAny: it is what the test checks\nlet body: any;';
    expect(noAny([sourceOf('server/src/testing/lab.ts', text)])).toEqual([]);
  });

  it('find that too many are long, though none is too long', () => {
    const short = Array.from({ length: 8 }, (_, index) => sourceOf(`a${index}.ts`, 'function f() {}'));
    const long = ['b.ts', 'c.ts'].map((file) => sourceOf(file, longFunction(41)));
    expect(functionsAreShort([...short, ...long])).toEqual([
      expect.stringContaining('b.ts:1 long is one of too many functions over 40 lines: it has 41'),
      expect.stringContaining('c.ts:1 long'),
    ]);
    expect(functionsAreShort([...short, ...short, ...short, ...long])).toEqual([]);
    const pages = ['b.ts', 'c.ts'].map((file) => sourceOf(file, 'a;\n'.repeat(251)));
    expect(filesAreShort([...short, ...pages])).toHaveLength(2);
  });

  it('let the places be where it belongs', () => {
    expect(settingsInOnePlace([sourceOf('server/src/config.ts', 'process.env'), sourceOf('tools/a.mjs', 'process.env')])).toEqual(
      [],
    );
    expect(keysInOnePlace([keys])).toEqual([]);
  });
});

function longFunction(lines: number): string {
  return `function long() {${'\n'.repeat(lines - 1)}}`;
}
