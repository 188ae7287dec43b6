import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.ts';

/** Progress on a recorded output, and its clock. */
function recordProgress(isTTY: boolean) {
  const written: string[] = [];
  const time = { now: 0 };
  const progress = createProgress({ isTTY, write: (text) => written.push(text) }, () => time.now);
  return {
    written,
    end: progress.end,
    at(ms: number, label: string, done: number, total: number): void {
      time.now = ms;
      progress.report(label, done, total);
    },
  };
}

describe('createProgress in a terminal', () => {
  it('draws a bar with the count, the rate and the time left over the previous one', () => {
    const { written, at, end } = recordProgress(true);
    at(0, 'copying', 0, 20_000);
    at(4000, 'copying', 5000, 20_000);
    end();
    expect(written).toEqual([
      '\rcopying [------------------------]   0 %  0 of 20,000, 0/s\x1b[K',
      '\rcopying [######------------------]  25 %  5,000 of 20,000, 1,250/s, 12 s left\x1b[K',
      '\n',
    ]);
  });

  it('draws at most ten times a second, and always at the end', () => {
    const { written, at } = recordProgress(true);
    for (let done = 0; done <= 1000; done += 1) at(done, 'copying', done, 1000);
    expect(written).toHaveLength(11);
    at(1001, 'checking', 0, 10);
    at(1002, 'checking', 5, 10);
    at(1003, 'checking', 10, 10);
    expect(written.slice(11).map((text) => text.replace(/ +\d+ %.*/s, ''))).toEqual([
      '\n',
      '\rchecking [------------------------]',
      '\rchecking [########################]',
    ]);
  });

  it('measures the rate from the count at which it started', () => {
    const { written, at } = recordProgress(true);
    at(0, 'copying', 9000, 10_000);
    at(1000, 'copying', 9100, 10_000);
    expect(written.at(-1)).toContain('91 %  9,100 of 10,000, 100/s, 9 s left');
  });

  it('shows no bar when the count exceeds the estimated total', () => {
    const { written, at } = recordProgress(true);
    at(0, 'copying', 0, 10);
    at(1000, 'copying', 2000, 10);
    expect(written.at(-1)).toBe('\rcopying 2,000, 2,000/s\x1b[K');
  });

  it('shows long times in minutes and hours', () => {
    const { written, at } = recordProgress(true);
    at(0, 'copying', 0, 100_000);
    at(1000, 'copying', 1000, 100_000);
    at(2000, 'copying', 1001, 100_000);
    at(60_000, 'copying', 1002, 100_000);
    expect(written.map((text) => /[^,]*left/.exec(text)?.[0])).toEqual([undefined, ' 2 min left', ' 4 min left', ' 1.6 h left']);
  });

  it('shows only the bar when the total is 1', () => {
    const { written, at } = recordProgress(true);
    at(0, 'backing up', 0.5, 1);
    expect(written).toEqual(['\rbacking up [############------------]  50 %\x1b[K']);
  });
});

describe('createProgress elsewhere', () => {
  it('prints a line every five seconds, and none for a quicker phase', () => {
    const { written, at, end } = recordProgress(false);
    for (let second = 0; second < 12; second += 1) at(second * 1000, 'copying', second * 10, 1000);
    at(12_000, 'checking', 0, 10);
    at(13_000, 'checking', 10, 10);
    end();
    expect(written).toEqual([
      'copying [#-----------------------]   5 %  50 of 1,000, 10/s, 2 min left\n',
      'copying [##----------------------]  10 %  100 of 1,000, 10/s, 2 min left\n',
    ]);
  });
});
