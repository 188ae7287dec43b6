import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Announcement, AnnouncementQueue } from './announcement-queue.ts';

describe('AnnouncementQueue', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function openQueue() {
    const shown: Announcement[] = [];
    const queue = new AnnouncementQueue((announcement) => shown.push(announcement));
    return { queue, texts: () => shown.map(({ text }) => text), shown };
  }

  it('shows a text at once, and of those within five seconds only the last', () => {
    const { queue, texts } = openQueue();
    for (const text of ['a', 'b', 'c']) queue.announce(text);
    expect(texts()).toEqual(['a']);
    vi.advanceTimersByTime(4999);
    expect(texts()).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(texts()).toEqual(['a', 'c']);
    queue.announce('d');
    vi.advanceTimersByTime(4999);
    expect(texts()).toEqual(['a', 'c']);
    vi.advanceTimersByTime(10_000);
    expect(texts()).toEqual(['a', 'c', 'd', '']);
    queue.announce('e');
    expect(texts()).toEqual(['a', 'c', 'd', '', 'e']);
  });

  it('shows the same text again as another announcement', () => {
    const { queue, shown } = openQueue();
    queue.announce('a');
    vi.advanceTimersByTime(5000);
    queue.announce('a');
    const ids = shown.filter(({ text }) => text === 'a').map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('ends an announcement after five seconds', () => {
    const { queue, texts } = openQueue();
    queue.announce('a');
    vi.advanceTimersByTime(5000);
    expect(texts()).toEqual(['a', '']);
  });

  it('ends what another page announced, but not what led to the page that is shown', () => {
    const { queue, texts } = openQueue();
    queue.announce('a');
    queue.announce('of the same page');
    vi.advanceTimersByTime(2000);
    queue.leavePage();
    expect(texts()).toEqual(['a', '']);
    queue.announce('b');
    queue.leavePage();
    queue.announce('c');
    queue.leavePage();
    expect(texts()).toEqual(['a', '', 'b']);
    vi.advanceTimersByTime(5000);
    expect(texts()).toEqual(['a', '', 'b', 'c']);
  });

  it('shows nothing more after it was stopped', () => {
    const { queue, texts } = openQueue();
    queue.announce('a');
    queue.announce('b');
    queue.stop();
    vi.advanceTimersByTime(10_000);
    expect(texts()).toEqual(['a']);
  });
});
