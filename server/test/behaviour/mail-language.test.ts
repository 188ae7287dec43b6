import { describe, expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../src/storage/store.ts';
import { openBrowser } from '../../src/testing/app/browser.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

const SITE = 'http://localhost:3000';

async function openFixture(open: () => Promise<Store>) {
  const testApp = await openTestApp({ store: await open() });
  onTestFinished(() => testApp.close());
  const background = mailBackground(testApp);
  /** A user of the console, whose page shows the given language. */
  async function atConsole(email: string) {
    const browser = openBrowser(testApp, SITE);
    await browser.signInLocally({ email });
    return (language: string, method: string, path: string, body?: unknown) =>
      browser.send(method, path, { headers: { 'X-Lending-Console': '1', Origin: SITE, 'Accept-Language': language }, body });
  }
  /** Subjects of the mails that are sent now. */
  async function send(): Promise<string[]> {
    const before = background.messages.length;
    await background.run();
    return background.subjects().slice(before).toSorted();
  }
  return { testApp, atConsole, send };
}

describe.each(engines)('the language of mail on $name', ({ open }) => {
  it('is that of the console for its users, and MAIL_LANGUAGE for others and for who has not answered', async () => {
    const { testApp, atConsole, send } = await openFixture(open);
    const [bo, ana, ben] = [
      await atConsole('bo@example.com'),
      await atConsole('ana@example.com'),
      await testApp.as('ben@example.com'),
    ];
    const lenders = ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 100 }));
    await ana('de', 'GET', '/invitations');
    const loanId = (await bo('de', 'POST', '/loans', { ...LOAN, lenders })).body.loan.loan_id;
    expect(await send()).toEqual([
      'ana@example.com: You are invited to lend 100.00 USD',
      'ben@example.com: You are invited to lend 100.00 USD',
    ]);
    await ana('de', 'POST', `/invitations/${loanId}/accept`);
    await ben.post(`/invitations/${loanId}/accept`);
    expect(await send()).toEqual(Array(2).fill('bo@example.com: Zugesagt: Eine Person leiht Ihnen 100,00 USD'));
    await bo('en', 'POST', `/loans/${loanId}/close`);
    expect(await send()).toEqual([
      'ana@example.com: Das Darlehen ist abgeschlossen: Sie verleihen 100,00 USD',
      'ben@example.com: The loan is closed: you lend 100.00 USD',
      'bo@example.com: Your loan is closed at 200.00 USD',
    ]);
  });

  it('is not that of a browser’s list of languages, or an unknown one', async () => {
    const { testApp, atConsole, send } = await openFixture(open);
    const bo = await atConsole('bo@example.com');
    const lenders = [{ email: 'ana@example.com', contribution_amount: 100 }];
    const loanId = (await bo('de-DE,de;q=0.9', 'POST', '/loans', { ...LOAN, lenders })).body.loan.loan_id;
    await bo('fr', 'GET', '/loans');
    await (await testApp.as('ana@example.com')).post(`/invitations/${loanId}/accept`);
    expect(await send()).toEqual(['bo@example.com: Accepted: a lender agreed to lend 100.00 USD']);
  });
});
