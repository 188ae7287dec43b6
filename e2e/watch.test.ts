import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAM, startIn } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, type Program, signIn, start, temporaryFolder } from './program.ts';

/* Terminals that watch a loan while others change it, and while servers come and go. */

const SOON = { timeout: 20_000, interval: 50 };

interface Told {
  readonly event_id: string;
  readonly type: string;
  readonly data: { readonly lender?: { readonly email: string } };
}

describe.each(engines)('lending watch, on $name', ({ settings: newStore }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let settings: Readonly<Record<string, string>>;
  let server: Program;
  let borrower: Client;
  let loan: string;
  let started: ReturnType<typeof startIn>[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    settings = await newStore();
    started = [];
    server = await start(folder.path, settings);
    borrower = await signIn(server.url, 'owner@example.com');
    loan = await borrower.postsLoan({ lenders: ['ana', 'ben'].map((name) => lender(name)) });
  });

  afterEach(async () => {
    await Promise.all(started.map(({ stop }) => stop('SIGKILL')));
    await server.kill();
    await folder.remove();
  });

  const lender = (name: string) => ({ email: `${name}@example.com`, contribution_amount: 100 });

  function lending(...args: string[]) {
    const terminal = startIn(folder.path, process.execPath, [PROGRAM, ...args], settings);
    started.push(terminal);
    return terminal;
  }

  /** A terminal that is known to watch. */
  async function watching(email: string, url: string, ...more: string[]) {
    const terminal = lending('watch', loan, '--as', email, '--url', url, ...more);
    await expect.poll(() => terminal.text.stderr, SOON).toContain(`Watching loan ${loan}.`);
    return terminal;
  }

  const toldTo = ({ text }: { readonly text: { readonly stdout: string } }): Told[] =>
    text.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  /** The ids of all that anybody may be told since the loan was posted; to a lender, only what is theirs. */
  async function history(only?: string): Promise<string[]> {
    const { body } = await borrower.at(server.url).get(`/loans/${loan}/events?limit=100`);
    const events: Told[] = body.events.slice(3);
    const isTheirs = ({ data }: Told) => !only || !data.lender || data.lender.email === only;
    return events.filter(isTheirs).map(({ event_id }) => event_id);
  }

  it('tells two terminals everything once and in order, through the death of the server', async () => {
    const owner = await watching('owner@example.com', server.url, '--json');
    const ana = await watching('ana@example.com', server.url, '--json');
    const accepted = await lending('accept', loan, '--as', 'ana@example.com', '--url', server.url).ended;
    expect(accepted.code).toBe(0);
    for (const terminal of [owner, ana])
      await expect.poll(() => toldTo(terminal).map(({ type }) => type), SOON).toEqual(['lender.accepted']);

    await server.kill();
    const meanwhile = await lending('lenders', 'add', loan, 'carl@example.com=5', '--as', 'owner@example.com').ended;
    expect(meanwhile.code).toBe(0);
    server = await start(folder.path, { ...settings, PORT: new URL(server.url).port });
    await borrower.at(server.url).post(`/loans/${loan}/lenders`, { lenders: [lender('dora'), lender('emil')] });
    const ben = await signIn(server.url, 'ben@example.com');
    await ben.post(`/invitations/${loan}/decline`);
    await borrower.at(server.url).post(`/loans/${loan}/close`);

    const [all, hers] = [await history(), await history('ana@example.com')];
    expect([all.length, hers.length]).toEqual([6, 2]);
    await expect.poll(() => toldTo(owner).map(({ event_id }) => event_id), SOON).toEqual(all);
    await expect.poll(() => toldTo(ana).map(({ event_id }) => event_id), SOON).toEqual(hers);
    for (const { text } of [owner, ana]) {
      expect(text.stderr).toContain('Trying again in');
      expect(text.stderr).toContain('Connected again.');
    }
  }, 90_000);

  it('tells at one server what was changed at another', async () => {
    const other = await start(folder.path, settings);
    const terminal = await watching('owner@example.com', other.url);
    await (await signIn(server.url, 'ana@example.com')).post(`/invitations/${loan}/accept`);
    await expect
      .poll(() => terminal.text.stdout, SOON)
      .toMatch(/^\S+Z {2}lender {4}lender\.accepted {2}ana@example\.com 100 +100 accepted, 19800 remaining\n$/);
    await other.kill();
  }, 60_000);

  it('begins behind a cursor', async () => {
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    const terminal = await watching('owner@example.com', server.url, '--json', '--after', body.next_cursor);
    await expect
      .poll(() => toldTo(terminal).map(({ data }) => data.lender?.email), SOON)
      .toEqual(['ana@example.com', 'ben@example.com']);
  });

  it('ends where it would be refused again and again', async () => {
    const stranger = await lending('watch', loan, '--as', 'stranger@example.com', '--url', server.url).ended;
    expect([stranger.code, stranger.stderr]).toEqual([1, 'There is no such loan, or you have no part in it.\n']);
    const forged = startIn(folder.path, process.execPath, [PROGRAM, 'watch', loan, '--url', server.url], {
      LENDING_TOKEN: 'a.b.c',
    });
    expect(await forged.ended).toMatchObject({ code: 1, stderr: 'The token is not valid here. Sign in again.\n' });
    const nowhere = await lending('watch', loan, '--as', 'ana@example.com', '--url', 'http://127.0.0.1:1').ended;
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('Nothing answers at http://127.0.0.1:1')]);
  });
});
