import { describe, expect, it } from 'vitest';
import { parseStat, parseWrittenBytes } from './process-usage.ts';

describe('parseStat', () => {
  it('adds the time of ended children to that of the process, whatever it is called', () => {
    const fields = 'S 7 8 9 0 -1 4194304 100 200 0 0 11 22 33 44 20 0 1 0 5000';
    expect(parseStat(`42 (post) gres: a) ${fields}`)).toEqual({ parent: 7, cpuMs: 10 * (11 + 22 + 33 + 44) });
  });
});

describe('parseWrittenBytes', () => {
  it('reads what was written to files, not the calls', () => {
    const text = 'rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n';
    expect(parseWrittenBytes(text)).toBe(4096);
  });
});
