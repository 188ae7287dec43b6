import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorkplace, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';

const DEV = fileURLToPath(new URL('../tools/dev.mjs', import.meta.url));

let workplace: Workplace;

beforeEach(() => {
  workplace = openWorkplace();
});

afterEach(() => workplace.close());

/** Asks the server that runs now: a change of a file restarts it on another port. */
async function responsesOf({ text }: Pick<ReturnType<typeof startIn>, 'text'>): Promise<readonly unknown[]> {
  const { url } = JSON.parse(text.stdout.trim().split('\n').at(-1) ?? '');
  const [loans, page] = await Promise.all([fetch(new URL('/loans', url)), fetch(url)]);
  return [loans.status, page.status, page.headers.get('Content-Type')];
}

it('npm run dev serves API and console from the sources, and prints its log for people', async () => {
  const dev = startIn(workplace.path(), process.execPath, [DEV, '--json'], { PORT: '0' });
  try {
    await dev.printed('\n');
    await expect.poll(() => responsesOf(dev), { timeout: 20_000 }).toEqual([401, 200, 'text/html; charset=UTF-8']);
  } finally {
    await dev.stop();
  }
  const { stderr } = await dev.ended;
  expect(stderr).toMatch(/INFO.*request rejected/);
});
