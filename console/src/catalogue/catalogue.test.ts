import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

function readSources(folder: string): ReadonlyMap<string, string> {
  const url = new URL(folder, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith('.tsx'));
  return new Map(names.map((name) => [name, readFileSync(new URL(name, url), 'utf8')]));
}

const exportsOf = (source: string) => [...source.matchAll(/^export function ([A-Z]\w*)/gm)].map(([, name = '']) => name);
const uses = (source: string, component: string) => new RegExp(`<${component}\\b`).test(source);

const components = readSources('../design/components/');
const catalogue = readSources('./');
const page = catalogue.get('catalogue-page.tsx') ?? '';

describe('/app/components', () => {
  it.each([...components.keys()])('shows every component of %s', (file) => {
    const names = exportsOf(components.get(file) ?? '');
    expect(names).not.toEqual([]);
    const sources = [...catalogue.values()].filter((source) => source.includes(`/design/components/${file}'`));
    expect(names.filter((name) => !sources.some((source) => uses(source, name)))).toEqual([]);
  });

  it('has all samples on the page', () => {
    const samples = [...catalogue].filter(([name]) => name !== 'catalogue-page.tsx').flatMap(([, source]) => exportsOf(source));
    expect(samples.filter((name) => !uses(page, name))).toEqual([]);
  });
});
