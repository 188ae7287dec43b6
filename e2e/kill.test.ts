import { expect, it, onTestFinished, vi } from 'vitest';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from './http-client.ts';

/*
 * Kills the program repeatedly under load. After each restart, every request with a response is stored and none is
 * stored partially. In the end every request is repeated with its key, and the totals are exact.
 */

const KILLS = 6;
const LOANS = 4;
const REQUESTS = 600;
const LENDERS = 3;
const AMOUNT = 7;
const CLIENTS = 16;
const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };

/** Sends requests by concurrent clients, until the server is killed. */
class Load {
  /** Bodies of responses by the number of the request. */
  readonly responses = new Map<number, string>();
  readonly #paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  path(number: number): string {
    return this.#paths[number % LOANS] ?? '';
  }

  send(client: Client, number: number) {
    const lenders = Array.from({ length: LENDERS }, (_, n) => ({
      email: `r${number}n${n}@example.com`,
      contribution_amount: AMOUNT,
    }));
    return client.post(this.path(number), { lenders }, { 'Idempotency-Key': `request ${number}`.replaceAll(' ', '-') });
  }

  /** @returns when all requests have a response, or the server is killed */
  async run(client: Client): Promise<void> {
    const open = Array.from({ length: REQUESTS }, (_, number) => number).filter((number) => !this.responses.has(number));
    const worker = async () => {
      for (let number = open.shift(); number !== undefined; number = open.shift()) {
        const response = await this.send(client, number).catch(() => undefined);
        if (response === undefined) return;
        expect(response.status).toBe(200);
        this.responses.set(number, response.text);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, worker));
  }
}

async function allLenders(client: Client, path: string): Promise<{ email: string; contribution_amount: number }[]> {
  const rows: { email: string; contribution_amount: number }[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await client.get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`);
    rows.push(...body.lenders);
    cursor = body.next_cursor;
  }
  return rows;
}

/** Every request is stored completely or not at all, all with a response are stored, and the totals equal the rows. */
async function requireConsistent(client: Client, load: Load, paths: readonly string[]): Promise<void> {
  const stored = new Map<number, number>();
  for (const path of paths) {
    const rows = await allLenders(client, path);
    for (const { email } of rows) {
      const number = Number(/^r(\d+)n/.exec(email)?.[1]);
      stored.set(number, (stored.get(number) ?? 0) + 1);
    }
    const { loan } = (await client.get(path.replace('/lenders', ''))).body;
    expect(loan).toMatchObject({
      lender_count: rows.length,
      total_invited: rows.length * AMOUNT,
      version: 1 + rows.length / LENDERS,
    });
  }
  expect([...stored.values()].filter((count) => count !== LENDERS)).toEqual([]);
  expect([...load.responses.keys()].filter((number) => !stored.has(number))).toEqual([]);
}

it('keeps every change that it responded to through kill -9 under load', async () => {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  let server = await work.serve(SETTINGS);
  const owner = await signIn(server.url, 'owner@example.com');
  const loanIds = await Promise.all(Array.from({ length: LOANS }, () => owner.postsLoan({ amount: 1_000_000 })));
  const paths = loanIds.map((loanId) => `/loans/${loanId}/lenders`);
  const load = new Load(paths);
  let interrupted = 0;

  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = load.responses.size;
    const running = load.run(owner.at(server.url));
    // Under load, and each time at another point of the work.
    await vi.waitUntil(() => load.responses.size >= before + 20 + 5 * kill, { timeout: 30_000, interval: 2 });
    await server.stop('SIGKILL');
    await running;
    if (load.responses.size < REQUESTS) interrupted += 1;
    server = await work.serve(SETTINGS);
    await requireConsistent(owner.at(server.url), load, paths);
  }
  expect(interrupted).toBe(KILLS);

  const beforeRepeat = new Map(load.responses);
  const client = owner.at(server.url);
  await load.run(client);
  for (let number = 0; number < REQUESTS; number += 1) {
    const { text, headers } = await load.send(client, number);
    expect(text).toBe(load.responses.get(number));
    expect(headers.get('Idempotency-Replayed')).toBe('true');
  }
  for (const [number, text] of beforeRepeat) expect(load.responses.get(number)).toBe(text);
  await requireConsistent(client, load, paths);
  const counts = await Promise.all(paths.map(async (path) => (await allLenders(client, path)).length));
  expect(counts).toEqual(Array.from({ length: LOANS }, () => (REQUESTS * LENDERS) / LOANS));
  expect((await server.stop()).code).toBe(0);
}, 120_000);
