import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* A borrower's name is free text that strangers read. No subject and no sender has it, and the text has it only if it is a name. */

/** The mail with an invitation by a borrower of this name. */
async function invitationBy(name: string) {
  const testApp = await openTestApp();
  onTestFinished(() => testApp.close());
  const background = mailBackground(testApp);
  const borrower = await testApp.as('bo@example.com', { name });
  const loan = await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 50 }] });
  expect((await borrower.get(`/loans/${loan}`)).status).toBe(200);
  await background.run();
  const [mail] = background.messages;
  if (!mail) throw new Error('no mail was sent');
  return { mail, subject: background.subjects()[0] ?? '', text: String(mail.text) };
}

describe('mail by a borrower', () => {
  it.each([
    ['PayPal Security', 'a brand'],
    ['Amazone Prime', 'a misspelled brand'],
    ['Commerzbank AG', 'a bank'],
    ['www.evil.example', 'a URL'],
    ['M\u0430ria Silva', 'mixed scripts'],
    ['Call 555 0100 Today', 'a phone number'],
    ['Maria Support-Meyer', 'a word that support desks have, too'],
  ])('has their address alone where the name is %j: %s', async (name) => {
    const { mail, subject, text } = await invitationBy(name);
    expect(text).toContain('bo@example.com');
    for (const part of name.split(' ').filter(({ length }) => length > 2)) {
      expect(text).not.toContain(part);
      expect(subject).not.toContain(part);
      expect(JSON.stringify(mail.from)).not.toContain(part);
    }
  });

  it.each(['Maria Meyer', 'Chase Miller', 'Jean-Luc Orange', 'Наталья Иванова'])(
    'has the name %j beside the address, and not in subject and sender',
    async (name) => {
      const { mail, subject, text } = await invitationBy(name);
      expect(text).toContain(name);
      expect(subject).not.toContain(name);
      expect(JSON.stringify(mail.from)).not.toContain(name);
    },
  );
});
