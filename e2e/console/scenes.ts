import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';

/* People, loans and invitations that show each main screen of the console in its states. */

export interface Scene {
  /** Name of its screenshots. */
  readonly name: string;
  readonly path: string;
  /** Who is signed in, if anybody is. */
  readonly as: Person | undefined;
  /** Text that is on the page when its data is there. */
  readonly shows: string | RegExp;
  /** What is done on the page before it is shown. */
  readonly prepare?: (page: Page) => Promise<void>;
}

export interface Person {
  readonly email: string;
  readonly name?: string;
}

const NORA = { email: 'nora@example.com', name: 'Nora Lindqvist' };
const ANA = { email: 'ana@example.com', name: 'Ana Lima' };
const NEWCOMER = { email: 'newcomer@example.com' };

const WORKSHOP = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: 'A workshop of our own' };
const LENDERS = [
  { ...ANA, contribution_amount: 5000 },
  { email: 'ben@example.com', name: 'Ben Okafor', contribution_amount: '2500.50' },
  { email: 'chloe@example.com', name: 'Chloé Meyer', contribution_amount: 3000 },
  { email: 'dina@example.com', name: 'דינה לוי', contribution_amount: 1000 },
  { email: 'grundstuecksverkehrsgenehmigung@example.com', contribution_amount: 1500 },
  { email: 'tom@example.com', name: 'Tom Haddad', contribution_amount: 2000 },
];

/** Fills a server that has the local issuer. @returns the main screens */
export async function createScenes(url: string): Promise<readonly Scene[]> {
  const [nora, ana] = await Promise.all([signIn(url, NORA), signIn(url, ANA), ...LENDERS.map((each) => signIn(url, each))]);
  const answer = async (person: Person, loanId: string, choice: 'accept' | 'decline') => {
    await (await signIn(url, person)).post(`/invitations/${loanId}/${choice}`, {});
  };
  const cancelled = await nora.postLoan({ amount: 900, purpose: 'A cargo bike' });
  await nora.invite(cancelled, [
    { ...ANA, contribution_amount: 300 },
    { email: 'ben@example.com', name: 'Ben Okafor', contribution_amount: 120 },
  ]);
  await answer(ANA, cancelled, 'accept');
  await nora.post(`/loans/${cancelled}/cancel`, {});
  const funded = await nora.postLoan({ amount: 4000, term_months: 12, interest_rate: 0, purpose: 'Roof repair' });
  await nora.invite(funded, [{ ...ANA, contribution_amount: 4000 }]);
  await answer(ANA, funded, 'accept');
  const empty = await nora.postLoan({ amount: 7500, currency: 'EUR', term_months: 24, purpose: 'A delivery van' });
  const workshop = await nora.postLoan(WORKSHOP);
  await nora.invite(workshop, LENDERS);
  await answer(ANA, workshop, 'accept');
  await answer({ email: 'chloe@example.com' }, workshop, 'accept');
  await answer({ email: 'tom@example.com' }, workshop, 'decline');
  const tom = await signIn(url, { email: 'tom@example.com', name: 'Tom Haddad' });
  const asked = await tom.postLoan({ amount: 12_000, term_months: 24, interest_rate: 3, purpose: 'Training as a carpenter' });
  await tom.invite(asked, [{ ...ANA, contribution_amount: 3000 }]);
  await ana.postLoan({ amount: 2500, term_months: 10, interest_rate: 2, purpose: 'A piano' });
  return scenesOf({ workshop, empty, funded, cancelled, asked });
}

function scenesOf(loans: Readonly<Record<'asked' | 'cancelled' | 'empty' | 'funded' | 'workshop', string>>): readonly Scene[] {
  const { workshop, empty, funded, cancelled, asked } = loans;
  const nora = { as: NORA };
  const ana = { as: ANA };
  const loan = (id: string) => `/app/loans/${id}`;
  return [
    { name: 'sign-in', path: '/app/sign-in', as: undefined, shows: 'Sign in with one click as' },
    { name: 'mail-link', path: `/invite/${asked}#token`, as: undefined, shows: /invitation/i },
    { name: 'opt-out', path: '/mail/opt-out#token', as: undefined, shows: /e-mail/i },
    { name: 'no-such-page', path: '/app/nothing', as: undefined, shows: 'There is no such page' },
    { name: 'components', path: '/app/components', as: undefined, shows: 'The same as a table' },
    { name: 'overview-empty', path: '/', as: NEWCOMER, shows: 'There is nothing here yet' },
    { name: 'overview', path: '/', ...ana, shows: 'Waiting for your answer' },
    { name: 'overview-borrower', path: '/', ...nora, shows: 'A workshop of our own' },
    { name: 'new-loan', path: '/app/loans/new', ...nora, shows: 'How much do you need?', prepare: fillLoan },
    { name: 'loan', path: loan(workshop), ...nora, shows: 'Up to date.' },
    { name: 'loan-empty', path: loan(empty), ...nora, shows: 'Up to date.' },
    { name: 'loan-funded', path: loan(funded), ...nora, shows: 'The loan is funded.' },
    { name: 'loan-cancelled', path: loan(cancelled), ...nora, shows: 'Had accepted' },
    { name: 'invite', path: `${loan(workshop)}/invite`, ...nora, shows: /invite/i, prepare: pasteLenders },
    { name: 'import', path: `${loan(workshop)}/import`, ...nora, shows: /file/i },
    { name: 'import-checked', path: `${loan(workshop)}/import`, ...nora, shows: /file/i, prepare: checkFile },
    { name: 'invitation', path: `/app/invitations/${asked}`, ...ana, shows: 'Tom Haddad asks you' },
    { name: 'invitation-accepted', path: `/app/invitations/${workshop}`, ...ana, shows: 'Nora Lindqvist' },
  ];
}

async function fillLoan(page: Page): Promise<void> {
  await page.locator('input[name="amount"]').fill('20,000');
  await page.locator('input[name="interest_rate"]').fill('4.5');
  await page.locator('input[name="term_months"]').fill('36');
}

const PASTED = 'eva@example.com\tEva Novák\t1500.00\nfinn@example\tFinn\t750\nMaja <maja@example.com>\t\t1000.50';

/** Three rows, of which one has an address that is wrong. */
async function pasteLenders(page: Page): Promise<void> {
  await page.locator('.person input').first().waitFor();
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/plain', ${JSON.stringify(PASTED)});
    const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector('.person input').dispatchEvent(paste);
  })()`);
}

const FILE = `E-mail,Amount,Name
eva@example.com,1500.00,Eva Novák
finn@example,750.00,Finn
maja@example.com,1000.50,Maja
ana@example.com,200.00,Ana Lima
oskar@example.com,9000.00,Oskar
`;

/** Five rows, of which two can be invited. */
async function checkFile(page: Page): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles({ name: 'friends.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  await page.getByRole('button', { name: 'Check all rows' }).click();
  await page.getByText('can be invited.').first().waitFor();
}

async function signIn(url: string, { email, name }: Person) {
  const { token } = await send(url, undefined, '/local/token', { email, ...(name !== undefined && { name }) });
  const post = (path: string, body: object) => send(url, token, path, body);
  return {
    post,
    /** @returns the id of the loan */
    postLoan: async (values: object) => (await post('/loans', { ...WORKSHOP, ...values })).loan.loan_id,
    invite: (loanId: string, lenders: readonly object[]) => post(`/loans/${loanId}/lenders`, { lenders }),
  };
}

async function send(url: string, token: string | undefined, path: string, body: object) {
  const headers = {
    'Content-Type': 'application/json',
    'Idempotency-Key': randomUUID(),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} responded with ${response.status}: ${text}`);
  return JSON.parse(text);
}
