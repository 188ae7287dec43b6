import { describe, expect, it } from 'vitest';
import { filled } from './markdown-sections.ts';

const PAGE = 'Before.\n<!-- made by the benchmarks: cost -->\nold\n\nolder\n<!-- end -->\nAfter.';

describe('a page with places', () => {
  it('gets what was made, and keeps what people wrote', () => {
    const once = filled(PAGE, { cost: 'new $1' });
    expect(once).toBe('Before.\n<!-- made by the benchmarks: cost -->\nnew $1\n<!-- end -->\nAfter.');
    expect(filled(once, { cost: 'old\n\nolder' })).toBe(PAGE);
  });

  it('fills several, also those that hold nothing yet, and nothing between them', () => {
    const empty =
      '<!-- made by the benchmarks: one -->\n<!-- end -->\n\nBetween.\n\n<!-- made by the benchmarks: two -->\n<!-- end -->';
    const full =
      '<!-- made by the benchmarks: one -->\n1\n<!-- end -->\n\nBetween.\n\n<!-- made by the benchmarks: two -->\n2\n<!-- end -->';
    expect(filled(empty, { one: '1', two: '2' })).toBe(full);
    expect(filled(full, { one: '1', two: '2' })).toBe(full);
  });

  it('must not have a place that nothing is made for', () => {
    expect(() => filled(PAGE, { other: '' })).toThrow('"cost"');
  });
});
