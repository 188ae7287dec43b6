import { expect, it } from 'vitest';
import { type Client, type Program, signIn, start, temporaryFolder } from './program.ts';

/*
 * The program is killed, again and again, under load. After each restart everything that was answered is there and nothing is
 * half there; in the end every request is sent once more under its key, and the whole is exact.
 */

const KILLS = 12;
const LOANS = 4;
const REQUESTS = 1200;
const LENDERS = 3;
const AMOUNT = 7;
const CLIENTS = 16;
const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };

/** Sends requests one behind the other in as many lanes as there are clients, until the server is gone. */
class Load {
  /** What was answered, by the number of the request. */
  readonly answers = new Map<number, string>();
  readonly #paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  path(number: number): string {
    return this.#paths[number % LOANS] ?? '';
  }

  send(client: ReturnType<Client['at']>, number: number) {
    const lenders = Array.from({ length: LENDERS }, (_, n) => ({
      email: `r${number}n${n}@example.com`,
      contribution_amount: AMOUNT,
    }));
    return client.post(this.path(number), { lenders }, { 'Idempotency-Key': `request ${number}`.replaceAll(' ', '-') });
  }

  /** @returns once every lane has ended, by the server's end or for want of requests */
  async run(client: ReturnType<Client['at']>): Promise<void> {
    const open = Array.from({ length: REQUESTS }, (_, number) => number).filter((number) => !this.answers.has(number));
    const lane = async () => {
      for (let number = open.shift(); number !== undefined; number = open.shift()) {
        const answer = await this.send(client, number).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(200);
        this.answers.set(number, answer.text);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, lane));
  }
}

async function allLenders(
  client: ReturnType<Client['at']>,
  path: string,
): Promise<{ email: string; contribution_amount: number }[]> {
  const rows: { email: string; contribution_amount: number }[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await client.get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`);
    rows.push(...body.lenders);
    cursor = body.next_cursor;
  }
  return rows;
}

/** Every request is there whole or not at all, every answered one is, and the totals are those of the rows. */
async function requireSound(client: ReturnType<Client['at']>, load: Load, paths: readonly string[]): Promise<void> {
  const there = new Map<number, number>();
  for (const path of paths) {
    const rows = await allLenders(client, path);
    for (const { email } of rows) {
      const number = Number(/^r(\d+)n/.exec(email)?.[1]);
      there.set(number, (there.get(number) ?? 0) + 1);
    }
    const { loan } = (await client.get(path.replace('/lenders', ''))).body;
    expect(loan).toMatchObject({
      lender_count: rows.length,
      total_invited: rows.length * AMOUNT,
      version: 1 + rows.length / LENDERS,
    });
  }
  expect([...there.values()].filter((count) => count !== LENDERS)).toEqual([]);
  expect([...load.answers.keys()].filter((number) => !there.has(number))).toEqual([]);
}

it('keeps every promise through kill -9 under load', async () => {
  const folder = await temporaryFolder();
  let program: Program = await start(folder.path, SETTINGS);
  const owner = await signIn(program.url, 'owner@example.com');
  const loanIds = await Promise.all(Array.from({ length: LOANS }, () => owner.postsLoan({ amount: 1_000_000 })));
  const paths = loanIds.map((loanId) => `/loans/${loanId}/lenders`);
  const load = new Load(paths);
  let cutShort = 0;

  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = load.answers.size;
    const running = load.run(owner.at(program.url));
    // Under way for sure, and each time killed at another point of its work.
    while (load.answers.size < before + 20 + 5 * kill) await new Promise(setImmediate);
    await program.kill();
    await running;
    if (load.answers.size < REQUESTS) cutShort += 1;
    program = await start(folder.path, SETTINGS);
    await requireSound(owner.at(program.url), load, paths);
  }
  expect(cutShort).toBe(KILLS);

  const answered = new Map(load.answers);
  const client = owner.at(program.url);
  await load.run(client);
  for (let number = 0; number < REQUESTS; number += 1) {
    const { text, headers } = await load.send(client, number);
    expect(text).toBe(load.answers.get(number));
    expect(headers.get('Idempotency-Replayed')).toBe('true');
  }
  for (const [number, text] of answered) expect(load.answers.get(number)).toBe(text);
  await requireSound(client, load, paths);
  const counts = await Promise.all(paths.map(async (path) => (await allLenders(client, path)).length));
  expect(counts).toEqual(Array.from({ length: LOANS }, () => (REQUESTS * LENDERS) / LOANS));
  expect(await program.stop()).toBe(0);
  await folder.remove();
}, 120_000);
