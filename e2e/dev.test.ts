import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorkplace, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';

const DEV = fileURLToPath(new URL('../tools/dev.mjs', import.meta.url));

let workplace: Workplace;

beforeEach(() => {
  workplace = openWorkplace();
});

afterEach(() => workplace.close());

it('npm run dev serves from the sources, and prints its log for people', async () => {
  const dev = startIn(workplace.path(), process.execPath, [DEV, '--json'], { PORT: '0' });
  try {
    const { url } = JSON.parse(await dev.printed('\n'));
    const response = await fetch(new URL('/loans', url));
    expect(response.status).toBe(401);
  } finally {
    await dev.stop();
  }
  const { stderr } = await dev.ended;
  expect(stderr).toMatch(/INFO.*request rejected/);
});
