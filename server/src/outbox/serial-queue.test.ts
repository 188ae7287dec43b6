import { describe, expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.ts';

/** Sees to things when it is told to. */
function steered() {
  const seen: string[] = [];
  const gates: (() => void)[] = [];
  const see = (thing: string) => {
    seen.push(thing);
    return new Promise<void>((resolve) => gates.push(resolve));
  };
  return { seen, see, letGo: () => gates.shift()?.() };
}

describe('a lane', () => {
  it('sees to things one behind the other, each once however often it was named meanwhile', async () => {
    const { seen, see, letGo } = steered();
    const lane = new SerialQueue(see, 10);
    for (const thing of ['a', 'b', 'b', 'c', 'b']) lane.add(thing);
    expect(seen).toEqual(['a']);
    letGo();
    await expect.poll(() => seen).toEqual(['a', 'b']);
    letGo();
    await expect.poll(() => seen).toEqual(['a', 'b', 'c']);
  });

  it('sees again to what was named while it was seen to', async () => {
    const { seen, see, letGo } = steered();
    const lane = new SerialQueue(see, 10);
    lane.add('a');
    lane.add('a');
    letGo();
    await expect.poll(() => seen).toEqual(['a', 'a']);
    letGo();
    await lane.stop();
    lane.add('a');
    expect(seen).toEqual(['a', 'a', 'a']);
  });

  it('forgets what is too much, and all that waits when it is stopped', async () => {
    const { seen, see, letGo } = steered();
    const lane = new SerialQueue(see, 2);
    for (const thing of ['a', 'b', 'c', 'd']) lane.add(thing);
    letGo();
    await expect.poll(() => seen).toEqual(['a', 'b']);
    const stopped = lane.stop();
    letGo();
    await stopped;
    expect(seen).toEqual(['a', 'b']);
  });
});
