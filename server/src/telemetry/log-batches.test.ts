import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches } from './log.ts';

describe('inBatches', () => {
  it('writes the lines of one turn of the event loop at once, in order', async () => {
    const written: string[] = [];
    const stream = inBatches({ write: (text: string) => written.push(text) > 0 });
    stream.write('a\n');
    stream.write('b\n');
    expect(written).toEqual([]);
    await nextTick();
    stream.write('c\n');
    await nextTick();
    expect(written).toEqual(['a\nb\n', 'c\n']);
  });

  it('writes the last lines when the process exits', () => {
    const written: string[] = [];
    const before = new Set(process.listeners('exit'));
    inBatches({ write: (text: string) => written.push(text) > 0 }).write('last\n');
    const [flush] = process.listeners('exit').filter((listener) => !before.has(listener));
    flush?.(0);
    expect(written).toEqual(['last\n']);
  });
});
