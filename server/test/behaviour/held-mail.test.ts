import { describe, expect, it, onTestFinished } from 'vitest';
import { heldBackIn, type Mailing } from '../../src/domain/mail/mailing.ts';
import { wrapStore } from '../../src/storage/instrumented-store.ts';
import { isMailingKey } from '../../src/storage/keys.ts';
import { isDelete, type Store, type Write } from '../../src/storage/store.ts';
import { emailOf } from '../../src/testing/app/domain-fixtures.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* Held mail, from the request that causes it to the decision of an operator, all through the API. */

const OLGA = 'olga@example.com';
const DAY_MS = 86_400_000;
const NAMES = ['ada', 'bea', 'carl', 'dora', 'emil', 'finn', 'gert', 'hana', 'ines', 'jan', 'kai', 'lena'];
const addressesAt = (domain: string) => NAMES.map((name) => `${name}@${domain}`);
/** A dictionary at one domain, of a new account. */
const dictionaryAt = (domain: string) => addressesAt(domain).map((email) => ({ email, contribution_amount: 1 }));

interface Lender {
  readonly email: string;
}

const hasHeldMail = (writes: readonly Write[]) =>
  writes.some((write) => !isDelete(write) && isMailingKey(write.key) && heldBackIn(write.data as Mailing) > 0); // by its key

/** Does something before the first commit that holds mail back. */
function interrupted(store: Store): { readonly store: Store; before: (() => Promise<unknown>) | undefined } {
  const hook = {
    before: undefined as (() => Promise<unknown>) | undefined,
    store: {
      ...wrapStore(store, (_, call) => call()),
      async commit(...[command, writes, deadline]: Parameters<Store['commit']>) {
        const { before } = hook;
        if (before && hasHeldMail(writes)) {
          hook.before = undefined;
          await before();
        }
        return store.commit(command, writes, deadline);
      },
    },
  };
  return hook;
}

describe.each(engines)('held mail on $name', ({ open }) => {
  async function openFixture(...settings: [limits?: object, risk?: { readonly mode: 'enforce' }]) {
    const hook = interrupted(await open());
    const testApp = await openTestApp({ store: hook.store, config: { operators: new Set([emailOf(OLGA)]) } });
    onTestFinished(() => testApp.close());
    const background = mailBackground(testApp, ...settings);
    const operator = await testApp.as(OLGA);
    return {
      hook,
      testApp,
      background,
      operator,
      borrower: await testApp.as('bo@example.com'),
      held: async () => (await operator.get('/operator/holds?status=held')).body.holds,
      addresses: () => background.messages.map(({ to }) => String(to)).toSorted(),
    };
  }

  it('leaves when an operator releases it, and never where they reject it', async () => {
    const { testApp, background, operator, borrower, held, addresses } = await openFixture({}, { mode: 'enforce' });
    const loan = await borrower.postsLoan({ lenders: dictionaryAt('north.example') });
    await background.run();
    const [hold, ...others] = await held();
    expect(others).toEqual([]);
    expect(hold).toMatchObject({ loan_id: loan, status: 'held', is_enforced: true, invitations: NAMES.length });
    expect(hold.score).toBeGreaterThan(0.9);
    expect(hold.reasons[0].label).toBe('no names');
    expect((await operator.get(`/operator/holds/${hold.hold_id}`)).body.hold.lenders).toHaveLength(NAMES.length);
    expect(addresses()).toEqual([]);
    expect((await operator.post(`/operator/holds/${hold.hold_id}/release`)).status).toBe(200);
    await background.run();
    expect(addresses()).toEqual(addressesAt('north.example'));
    const second = await borrower.postsLoan({ lenders: dictionaryAt('south.example') });
    await background.run();
    const [next] = await held();
    expect(next.loan_id).toBe(second);
    expect((await operator.post(`/operator/holds/${next.hold_id}/reject`)).status).toBe(200);
    for (let day = 0; day < 3; day += 1) {
      await background.run();
      testApp.advance(DAY_MS);
    }
    expect(addresses()).toEqual(addressesAt('north.example'));
    expect((await borrower.get(`/loans/${second}`)).body.mails_on_their_way).toBe(0);
  });

  it('gives its borrower the answers that mail gives which a limit holds back', async () => {
    /** All that the borrower reads of the invitations, without what is random. */
    async function answersOf({ testApp, background, borrower }: Awaited<ReturnType<typeof openFixture>>) {
      const texts: string[] = [];
      const ask = async (...[method, path, body]: [string, string, object?]) => {
        const { status, text, headers, body: answer } = await borrower.send(method, path, body && { body });
        answer.lenders?.sort((a: Lender, b: Lender) => a.email.localeCompare(b.email)); // by ids, which are random
        const shown = JSON.stringify(answer).replaceAll(/"(?:[\w-]{20,}|[^"]*Z)/g, '"…');
        texts.push(`${method} ${status} ${[...headers.keys()].toSorted().join()} ${text.length} ${shown}`);
        return answer;
      };
      const { loan } = await ask('POST', '/loans', { ...LOAN, lenders: dictionaryAt('north.example') });
      const path = `/loans/${loan.loan_id}`;
      await background.run();
      const { lenders } = await ask('GET', `${path}/lenders`);
      await ask('PATCH', `${path}/lenders/${lenders[0].lender_id}`, { contribution_amount: 2 });
      await ask('POST', `${path}/lenders/${lenders[1].lender_id}/reminders`);
      await background.run();
      testApp.advance(600_000);
      await background.run();
      for (const read of [path, `${path}/lenders`, `${path}/events`, '/loans?role=borrower']) await ask('GET', read);
      return texts;
    }
    const [onHold, limited] = [await openFixture({}, { mode: 'enforce' }), await openFixture({ inAll: 1 })];
    for (const { testApp, background } of [onHold, limited]) {
      await (await testApp.as('eve@example.com')).postsLoan({
        lenders: [{ email: 'mia@example.com', name: 'Mia', contribution_amount: 4000 }],
      });
      await background.run();
    }
    const answers = await answersOf(onHold);
    expect(answers).toEqual(await answersOf(limited));
    expect(answers.join('\n')).toContain(`"mails_on_their_way":${NAMES.length + 2}`);
    expect([onHold.addresses(), limited.addresses()]).toEqual([['mia@example.com'], ['mia@example.com']]);
    expect(await onHold.held()).toHaveLength(1);
  });

  it.each([
    ['release', addressesAt('north.example')],
    ['reject', []],
  ] as const)(
    'is decided at once where an operator has decided at the same moment as it was claimed: %s',
    async (decision, sent) => {
      const { hook, background, operator, borrower, held, addresses } = await openFixture({}, { mode: 'enforce' });
      await borrower.postsLoan({ lenders: dictionaryAt('north.example') });
      hook.before = async () => {
        const [{ hold_id }] = await held();
        expect((await operator.post(`/operator/holds/${hold_id}/${decision}`)).status).toBe(200);
      };
      await background.run();
      expect(addresses()).toEqual(sent);
      expect(new Set(background.outcomes)).toEqual(new Set([decision === 'release' ? 'sent' : 'rejected-by-operator']));
      expect(await held()).toEqual([]);
    },
  );

  it('stays listed for operators while its mails are held back day after day', async () => {
    const { testApp, background, operator, borrower, held } = await openFixture({}, { mode: 'enforce' });
    await borrower.postsLoan({ lenders: dictionaryAt('north.example') });
    for (let day = 0; day < 2; day += 1) {
      await background.run();
      testApp.advance(DAY_MS);
    }
    const [{ hold_id }] = await held();
    expect((await operator.get('/operator/holds')).body.holds).toMatchObject([{ hold_id, status: 'held' }]);
  });
});
