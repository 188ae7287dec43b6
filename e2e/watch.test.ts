import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, signIn } from './http-client.ts';

/* `lending watch` while a loan changes, and while servers are killed and restarted. */

const SOON = { timeout: 20_000, interval: 50 };

interface PrintedEvent {
  readonly event_id: string;
  readonly type: string;
  readonly data: { readonly lender?: { readonly email: string } };
}

describe.each(engines)('lending watch on $name', ({ settings: newStore }) => {
  let work: Workplace;
  let settings: Readonly<Record<string, string>>;
  let server: Served;
  let borrower: Client;
  let loan: string;

  beforeAll(async () => {
    work = openWorkplace();
    settings = await newStore();
    server = await work.serve(settings);
    borrower = await signIn(server.url, 'owner@example.com');
  });

  beforeEach(async () => {
    loan = await borrower.at(server.url).postsLoan({ lenders: ['ana', 'ben'].map((name) => lender(name)) });
  });

  afterAll(() => work.close());

  const lender = (name: string) => ({ email: `${name}@example.com`, contribution_amount: 100 });

  const lending = (...args: string[]) => work.started(args, settings);

  /** Starts `lending watch`, and waits until it is subscribed. */
  async function startWatch(email: string, url: string, ...more: string[]) {
    const terminal = lending('watch', loan, '--as', email, '--url', url, ...more);
    onTestFinished(async () => void (await terminal.stop('SIGKILL')));
    await expect.poll(() => terminal.text.stderr, SOON).toContain(`Watching loan ${loan}.`);
    return terminal;
  }

  const eventsOf = ({ text }: { readonly text: { readonly stdout: string } }): PrintedEvent[] =>
    text.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  /** Ids of the events since the loan was posted; for a lender, only those visible to them. */
  async function eventIds(lenderEmail?: string): Promise<string[]> {
    const { body } = await borrower.at(server.url).get(`/loans/${loan}/events?limit=100`);
    const events: PrintedEvent[] = body.events.slice(3);
    const isVisible = ({ data }: PrintedEvent) => !lenderEmail || !data.lender || data.lender.email === lenderEmail;
    return events.filter(isVisible).map(({ event_id }) => event_id);
  }

  it('prints every event once and in order in two terminals, across a kill of the server', async () => {
    const owner = await startWatch('owner@example.com', server.url, '--json');
    const ana = await startWatch('ana@example.com', server.url, '--json');
    const accepted = await lending('accept', loan, '--as', 'ana@example.com', '--url', server.url).ended;
    expect(accepted.code).toBe(0);
    for (const terminal of [owner, ana])
      await expect.poll(() => eventsOf(terminal).map(({ type }) => type), SOON).toEqual(['lender.accepted']);

    await server.stop('SIGKILL');
    const meanwhile = await lending('lenders', 'add', loan, 'carl@example.com=5', '--as', 'owner@example.com').ended;
    expect(meanwhile.code).toBe(0);
    server = await work.serve({ ...settings, PORT: new URL(server.url).port });
    await borrower.at(server.url).post(`/loans/${loan}/lenders`, { lenders: [lender('dora'), lender('emil')] });
    const ben = await signIn(server.url, 'ben@example.com');
    await ben.post(`/invitations/${loan}/decline`);
    await borrower.at(server.url).post(`/loans/${loan}/close`);

    const [all, hers] = [await eventIds(), await eventIds('ana@example.com')];
    expect([all.length, hers.length]).toEqual([6, 2]);
    await expect.poll(() => eventsOf(owner).map(({ event_id }) => event_id), SOON).toEqual(all);
    await expect.poll(() => eventsOf(ana).map(({ event_id }) => event_id), SOON).toEqual(hers);
    for (const { text } of [owner, ana]) {
      expect(text.stderr).toContain('Trying again in');
      expect(text.stderr).toContain('Connected again.');
    }
  });

  it('prints the changes of one server when connected to another', async () => {
    const other = await work.serve(settings);
    const terminal = await startWatch('owner@example.com', other.url);
    await (await signIn(server.url, 'ana@example.com')).post(`/invitations/${loan}/accept`);
    await expect
      .poll(() => terminal.text.stdout, SOON)
      .toMatch(/^\S+Z {2}lender {4}lender\.accepted {2}ana@example\.com 100 +100 accepted, 19800 remaining\n$/);
  });

  it('starts after a cursor', async () => {
    const { body } = await borrower.at(server.url).get(`/loans/${loan}/events?limit=1`);
    const terminal = await startWatch('owner@example.com', server.url, '--json', '--after', body.next_cursor);
    await expect
      .poll(() => eventsOf(terminal).map(({ data }) => data.lender?.email), SOON)
      .toEqual(['ana@example.com', 'ben@example.com']);
  });

  it('ends on errors that a retry can not fix', async () => {
    const stranger = await lending('watch', loan, '--as', 'stranger@example.com', '--url', server.url).ended;
    expect([stranger.code, stranger.stderr]).toEqual([3, 'There is no such loan, or you have no part in it.\n']);
    const forged = await work.lending(['watch', loan, '--url', server.url], { LENDING_TOKEN: 'a.b.c' });
    expect(forged).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^The token is not valid here\. Sign in again\.\nFor a new one: .+ --url .+\n$/),
    });
    const unreachable = await lending('watch', loan, '--as', 'ana@example.com', '--url', 'http://127.0.0.1:1').ended;
    expect([unreachable.code, unreachable.stderr]).toEqual([
      4,
      expect.stringContaining('No server responds at http://127.0.0.1:1'),
    ]);
  });
});
