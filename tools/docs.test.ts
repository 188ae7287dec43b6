import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../server/src/cli/program.ts';
import { settings } from '../server/src/config/config.ts';
import { leavesOf } from '../server/src/testing/process/cli-commands.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOLDERS = ['server', 'client', 'locale', 'console', 'infra', 'bench', 'risk', 'e2e', 'tools'];
/** A source file, with the folders that lead to it or without: `execution/view.ts`, `view.ts`. */
const SOURCE_FILE = /`([\w./-]+\.(?:ts|mjs))`/g;
const LINK = /\]\((?!https?:)([^)#\s]+)(?:#[^)\s]*)?\)/g;
/** A link within the repository to a heading: `deploy.md#change-it`, `#limits`. */
const FRAGMENT = /\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g;

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'client/README.md',
  ...filesIn('docs').filter((file) => file.endsWith('.md')),
].map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
const sources = ['.dependency-cruiser.mjs', ...FOLDERS.flatMap(filesIn)].map((file) => `/${file}`);

describe('the documentation', () => {
  it('names only source files that exist', () => {
    const named = pages.flatMap(({ file, text }) => [...text.matchAll(SOURCE_FILE)].map(([, name]) => ({ page: file, name })));
    expect(named.length).toBeGreaterThan(100);
    const isSource = (name = '') => name.startsWith('dist/') || sources.some((file) => file.endsWith(`/${name}`));
    expect(named.filter(({ name }) => !isSource(name))).toEqual([]);
  });

  it('links only to files that exist', () => {
    const links = pages.flatMap(({ file, text }) =>
      [...text.matchAll(LINK)].map(([, target = '']) => ({ page: file, target: path.join(path.dirname(file), target) })),
    );
    expect(links.filter(({ target }) => !existsSync(path.join(ROOT, target)))).toEqual([]);
  });

  it('links only to headings that exist', () => {
    const links = pages.flatMap(({ file, text }) =>
      [...text.matchAll(FRAGMENT)].map(([, target = '', fragment = '']) => {
        const page = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
        return { from: file, page, fragment };
      }),
    );
    expect(links.length).toBeGreaterThan(0);
    const isHeading = ({ page, fragment }: (typeof links)[number]) => headingIds(page).includes(fragment);
    expect(links.filter((link) => !isHeading(link))).toEqual([]);
  });

  it('lists in README the settings that the server reads, each with its default', () => {
    const readme = pages.find(({ file }) => file === 'README.md')?.text ?? '';
    const table = /## Settings\n([\s\S]*?)\n\*\*/.exec(readme)?.[1] ?? '';
    const rows = [...table.matchAll(/^\| (`[^|]+`) \| ([^|]*)\|/gm)];
    const listed = rows.flatMap(([, names = '']) => [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name));
    expect(listed).toHaveLength(new Set(listed).size);
    expect(new Set(listed)).toEqual(new Set(Object.keys(settings.shape)));
    const defaults = new Map<string, unknown>(Object.entries(settings.parse({})));
    for (const [, names = '', values = ''] of rows) {
      const shown = [...values.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value);
      [...names.matchAll(/`([A-Z_]+)`/g)].forEach(([, name = ''], position) => {
        const value = defaults.get(name);
        if (typeof value === 'number' || name === 'HOST' || name.startsWith('AUTH_EMAIL'))
          expect(shown[position], name).toBe(String(value));
      });
    }
  });

  it('lists every command in docs/cli.md', () => {
    const page = pages.find(({ file }) => file === 'docs/cli.md')?.text ?? '';
    const rows = [...page.matchAll(/^\| (`.*?) \| /gm)].map(([, row = '']) => row).join();
    const missing = leavesOf(createProgram('lending')).filter(({ words }) => !rows.includes(`\`${words.join(' ')}`));
    expect(missing.map(({ words }) => words.join(' '))).toEqual([]);
  });

  // better-sqlite3 has its binaries in the package; npm compiles it all the same, which needs a compiler and Node's headers.
  it('runs no install scripts of packages in any npm ci of a code block', () => {
    const commands = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/^```[\s\S]*?^```/gm)]
        .flatMap(([block]) => block.match(/\bnpm ci\b.*/g) ?? [])
        .map((line) => ({ file, line })),
    );
    expect(commands.length).toBeGreaterThan(1);
    expect(commands.filter(({ line }) => !line.startsWith('npm ci --ignore-scripts'))).toEqual([]);
  });

  it('links from README to the pages for newcomers', () => {
    const readme = pages.find(({ file }) => file === 'README.md')?.text ?? '';
    for (const page of [
      'client/README.md',
      'docs/import.md',
      'docs/graphql.md',
      'docs/protocol.md',
      'docs/deploy.md',
      'CONTRIBUTING.md',
    ])
      expect(readme).toContain(`](${page})`);
  });

  it('lists every decision in docs/decisions/README.md', () => {
    const index = readFileSync(path.join(ROOT, 'docs/decisions/README.md'), 'utf8');
    const decisions = readdirSync(path.join(ROOT, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));
    expect(decisions.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});

/** The fragments of a page's headings, as GitHub makes them. */
function headingIds(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** Paths from the root, with slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(file);
    return [file];
  });
}
