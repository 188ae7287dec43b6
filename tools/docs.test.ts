import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOLDERS = ['server', 'client', 'infra', 'bench', 'e2e', 'tools'];
/** A source file, with the folders that lead to it or without: `execution/view.ts`, `view.ts`. */
const SOURCE_FILE = /`([\w./-]+\.(?:ts|mjs))`/g;
const LINK = /\]\((?!https?:)([^)#\s]+)(?:#[^)\s]*)?\)/g;

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs').filter((file) => file.endsWith('.md'))].map(
  (file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }),
);
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

  it('lists every decision in docs/decisions/README.md', () => {
    const index = readFileSync(path.join(ROOT, 'docs/decisions/README.md'), 'utf8');
    const decisions = readdirSync(path.join(ROOT, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));
    expect(decisions.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});

/** Paths from the root, with slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(file);
    return [file];
  });
}
