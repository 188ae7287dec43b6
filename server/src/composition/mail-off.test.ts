import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config/config.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { type ItemKind, kindOf } from '../storage/keys.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { openBackground } from './background.ts';

const MAIL_KINDS: readonly ItemKind[] = ['outgoingMail', 'mailbox'];

it.each([
  ['stores no mail with MAIL=off', { MAIL: 'off' }, 0],
  ['stores mail by default', {}, 3],
])('%s', async (_, environment, mails) => {
  const written: ItemKind[] = [];
  const engine = openSqlite(':memory:');
  const store = {
    ...wrapStore(engine, (_verb, call) => call()),
    commit: (...[command, writes]: Parameters<typeof engine.commit>) => {
      written.push(...writes.map(({ key }) => kindOf(key)));
      return engine.commit(command, writes);
    },
  };
  const limits = readConfig(environment);
  const testApp = await openTestApp({ store, config: { mail: limits.mail } });
  onTestFinished(() => testApp.close());
  const lines: string[] = [];
  const log = makeLog({ write: (line) => void lines.push(line) });
  const metrics = new PrometheusMetrics();
  const background = await openBackground({ core: testApp.app, mail: limits.mail, limits, url: '', log, metrics });
  const borrower = await testApp.as('borrower@example.com');
  const loanId = await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
  const { lender_id } = (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders[0];
  expect((await borrower.post(`/loans/${loanId}/lenders/${lender_id}/reminders`)).status).toBe(202);
  await (await testApp.as('ana@example.com')).post(`/invitations/${loanId}/accept`);
  testApp.advance(60_000);
  const errors: unknown[] = [];
  await background.dispatcher.deliverAbandoned((error) => void errors.push(error));
  expect([written.filter((kind) => MAIL_KINDS.includes(kind)).length, errors, lines]).toEqual([mails, [], []]);
  expect(await metrics.page.text()).not.toMatch(/^(mails_total|events_dead_lettered_total)\{/m);
  await background.close();
});
