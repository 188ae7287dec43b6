import { readFile } from 'node:fs/promises';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

/* Every command of the page at /docs, pasted into a shell, against the real program. */

/** That of POSIX, whose commands work in bash and zsh too. */
const SHELL = 'sh';
/** Shows the status after the body, and otherwise leaves curl as it is. */
const SHOW_STATUS = `curl() { command curl -w '\\n%{http_code}\\n' "$@"; }\n`;

interface Call {
  readonly id: string;
  readonly command: string;
  /** The call that it needs first. */
  readonly after: string | undefined;
  /** Statuses of success that the page documents. */
  readonly statuses: readonly string[];
}

/** Calls of servers where users sign in by e-mail, which this one is not. */
const BY_EMAIL: ReadonlySet<string> = new Set(['requestSignInCode', 'signInByEmail', 'signingKeys']);

/** Calls on a hold, which only a score makes. */
const ON_A_HOLD: ReadonlySet<string> = new Set(['readHold', 'releaseHold', 'rejectHold']);
const HOLD_ID = '01a202a0-d02c-78e5-940b-844f91530ecc-1772356500000';
const OPERATOR = 'operator@example.com';

let work: Workplace;
let server: Served;
let firstSteps: string;
let calls: readonly Call[];
let nextPage: string;
let mailToken: string;
let operatorToken: string;

beforeAll(async () => {
  work = openWorkplace();
  server = await work.serve({ REQUESTS_PER_SECOND: '0', LOANS_PER_DAY: '1000', INVITES_PER_HOUR: '1000', OPERATORS: OPERATOR });
  const page = await (await fetch(`${server.url}/docs`)).text();
  firstSteps = [blockOf(page, 'Sign in'), blockOf(page, 'Post a loan')].join('\n');
  mailToken = await receiveMailToken();
  operatorToken = (await signIn(server.url, OPERATOR)).token;
  nextPage = blockOf(page, 'The next page');
  calls = [...page.matchAll(/<article class="call" aria-labelledby="call-(\w+)">(.*?)<\/article>/gs)].map(
    ([, id = '', article = '']) => ({
      id,
      command: blockOf(article, 'Request'),
      after: /First: <a href="#call-(\w+)"/.exec(article)?.[1],
      statuses: [...article.matchAll(/<h4>Response <span class="status good">(\d+)</g)].map(([, status = '']) => status),
    }),
  );
});

afterAll(() => work.close());

describe('commands of /docs', () => {
  it('work as written, after the first steps', async () => {
    expect(calls.length).toBeGreaterThan(25);
    for (const { id, command, after, statuses } of calls) {
      const before = calls.find((call) => call.id === after)?.command;
      const keep = `IMPORT_ID=$(cat before | sed -n 's/.*"import_id":"\\([^"]*\\)".*/\\1/p')`;
      const script = [
        firstSteps,
        `MAIL_TOKEN=${mailToken} OPERATOR_TOKEN=${operatorToken} HOLD_ID=${HOLD_ID}`,
        ...(before === undefined ? [] : [`${block(before)} >before`, keep]),
        SHOW_STATUS + block(command),
      ];
      const { code, stdout, stderr } = await run(script.join('\n'));
      expect({ id, code, stderr }).toEqual({ id, code: 0, stderr: '' });
      const status = stdout.trimEnd().split('\n').at(-1);
      expect(BY_EMAIL.has(id) || ON_A_HOLD.has(id) ? ['404'] : statuses, `${id}: ${stdout}`).toContain(status);
      expect(stdout).not.toMatch(/^\{"errors"/m); // GraphQL
    }
  }, 120_000);

  it('lead to the next page', async () => {
    const cursor = `NEXT_CURSOR=$(curl -sS "$LENDING_URL/loans?limit=1" -H "Authorization: Bearer $LENDING_TOKEN" \\
      | sed -n 's/.*"next_cursor":"\\([^"]*\\)".*/\\1/p')`;
    const { stdout } = await run([firstSteps, firstSteps, cursor, SHOW_STATUS + nextPage].join('\n'));
    expect(stdout).toMatch(/"loans":\[\{.*\n200\n$/);
  });

  it('keep the address, the tokens and the ids of the first steps', async () => {
    const names = ['LENDING_URL', 'LENDING_TOKEN', 'LENDER_TOKEN', 'LOAN_ID', 'LENDER_ID'];
    const { stdout } = await run(`${firstSteps}\nfor name in ${names.join(' ')}; do printenv $name; done`);
    const [url, ...values] = stdout.trim().split('\n').slice(-names.length);
    expect(url).toBe(server.url);
    expect(values[0]).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(values[1]).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(values[2]).toMatch(/^[0-9a-f-]{36}$/);
    expect(values[3]).toMatch(/^[\w-]{22}$/);
  });
});

/** The text after the `#` of the link in an invitation's mail. */
async function receiveMailToken(): Promise<string> {
  const borrower = await signIn(server.url, 'borrower@example.com');
  await borrower.postsLoan({ lenders: [{ email: 'mia@example.com', contribution_amount: 5000 }] });
  // A mail that is being written has another ending.
  const name = await vi.waitUntil(() => work.files('data/mail').find((file) => file.endsWith('.eml')), { timeout: 20_000 });
  const { text = '' } = await PostalMime.parse(await readFile(work.path('data', 'mail', name)));
  return /\/invite\/[^#\s]+#(\S+)/.exec(text)?.[1] ?? '';
}

function run(script: string) {
  return work.shell(SHELL, `set -u\n${script}`);
}

/** A command with its file, if it has one, as a block that can be redirected. */
function block(command: string): string {
  return `{ ${command}\n}`;
}

/** The text of a code block of the page, as a reader copies it. */
function blockOf(markup: string, label: string): string {
  const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  const [, code = ''] = new RegExp(`<figcaption>${label}</figcaption><pre[^>]*><code>(.*?)</code></pre>`, 's').exec(markup) ?? [];
  return code.replaceAll(/<[^>]*>/g, '').replaceAll(/&(?:\w+|#\d+);/g, (entity) => entities[entity] ?? entity);
}
