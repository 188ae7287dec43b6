import { describe, expect, it } from 'vitest';
import { fillSections } from './markdown-sections.ts';

const PAGE = 'Before.\n<!-- made by the benchmarks: cost -->\nold\n\nolder\n<!-- end -->\nAfter.';

describe('fillSections', () => {
  it('replaces a section, and keeps the text around it', () => {
    const once = fillSections(PAGE, { cost: 'new $1' });
    expect(once).toBe('Before.\n<!-- made by the benchmarks: cost -->\nnew $1\n<!-- end -->\nAfter.');
    expect(fillSections(once, { cost: 'old\n\nolder' })).toBe(PAGE);
  });

  it('fills several sections, also empty ones, and nothing between them', () => {
    const empty =
      '<!-- made by the benchmarks: one -->\n<!-- end -->\n\nBetween.\n\n<!-- made by the benchmarks: two -->\n<!-- end -->';
    const full =
      '<!-- made by the benchmarks: one -->\n1\n<!-- end -->\n\nBetween.\n\n<!-- made by the benchmarks: two -->\n2\n<!-- end -->';
    expect(fillSections(empty, { one: '1', two: '2' })).toBe(full);
    expect(fillSections(full, { one: '1', two: '2' })).toBe(full);
  });

  it('throws for a section without content', () => {
    expect(() => fillSections(PAGE, { other: '' })).toThrow('"cost"');
  });
});
