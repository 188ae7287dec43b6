import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const SOURCES = ['', 'server/src', 'server/test'];
/** A path to a source file, such as `execution/view.ts`. One with a `*` matches no single file and is not checked. */
const SOURCE_PATH = /(?<![\w./-])(?:[\w.{},*-]+\/)+[\w.*-]+\.(?:ts|mjs|svg|md|graphql|json)\b/g;
const LINK = /\]\((?!https?:)([^)#\s]+)(?:#[^)\s]*)?\)/g;

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs')].map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), 'utf8'),
}));

describe('the documentation', () => {
  it('names only files that exist', () => {
    const named = pages.flatMap(({ file, text }) =>
      [...withoutCode(text).matchAll(SOURCE_PATH)].map(([name]) => ({ page: file, name })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ name }) => !isFile(name))).toEqual([]);
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

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')));
}

/** Blocks of code show commands and their output, whose paths are often not ours. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '');
}

/** Whether a path leads to a file from the root, server/src or server/test, or is built or written by a command. */
function isFile(name: string): boolean {
  if (/^(?:dist|data|coverage|node_modules)\//.test(name) || name.includes('*')) return true;
  return SOURCES.some((folder) => existsSync(path.join(ROOT, folder, name)));
}
