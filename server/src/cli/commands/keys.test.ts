import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess } from '../../testing/process/cli-in-process.ts';
import { openWorkplace, type Workplace } from '../../testing/process/cli-process.ts';

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

async function keys(...args: string[]) {
  const { code, stdout, stderr } = await runInProcess(work.path(), ['keys', ...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout).keys.map(
    ({ purpose, version, status }: { purpose: string; version: number; status: string }) => `${purpose} ${version} ${status}`,
  );
}

describe('lending keys', () => {
  it('rotates and retires the keys of a store that is served, and lists them', async () => {
    const server = await work.serve();
    expect(await keys('rotate', '--purpose', 'links')).toEqual(['links 0 accepted', 'links 1 current']);
    expect(await keys('rotate', '--retire-old')).toEqual(['links 2 current', 'cursors 1 current', 'sessions 1 current']);
    await keys('rotate');
    const kept = ['links 2 accepted', 'links 3 current', 'cursors 2 current', 'sessions 2 current'];
    expect(await keys('retire', '--before', '2')).toEqual(kept);
    const { stdout } = await work.lending(['keys', 'list']);
    expect(stdout).toMatch(
      /^links {8}2 {2}\d{4}-\S+Z {2}accepted\nlinks {8}3 {2}\S+Z {2}current\ncursors {6}2 {2}\S+Z {2}current\nsessions {5}2 {2}\S+Z {2}current\n$/,
    );
    expect((await server.stop()).code).toBe(0);
  });

  it('reports an unknown purpose, an invalid version, and a store without keys', async () => {
    const results = [
      await runInProcess(work.path(), ['keys', 'rotate', '--purpose', 'ids']),
      await runInProcess(work.path(), ['keys', 'retire', '--before', 'x']),
      await runInProcess(work.path(), ['keys', 'list']),
    ];
    expect(results.map(({ code, stderr }) => [code, stderr.split('\n')[0]])).toEqual([
      [2, "error: option '--purpose <purpose>' argument 'ids' is invalid. Allowed choices are links, cursors, sessions."],
      [2, "error: option '--before <version>' argument 'x' is invalid. It must be the number of a version."],
      [2, expect.stringMatching(/^\S.* store .*/i)],
    ]);
    expect(work.files('data')).toEqual([]);
  });
});
