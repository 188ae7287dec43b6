import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config/config.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { type ItemKind, kindOf } from '../storage/item-kinds.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { openBackground } from './background.ts';

const MAIL_KINDS: readonly ItemKind[] = ['mailing', 'outgoingMail'];

it.each([
  ['stores no mail with MAIL=off', { MAIL: 'off' }, []],
  ['stores mail by default', {}, ['mailing', 'mailing', 'mailing']],
])('%s', async (_, environment, created) => {
  const written: ItemKind[] = [];
  const engine = openSqlite(':memory:');
  const store = {
    ...wrapStore(engine, (_verb, call) => call()),
    commit: (...[command, writes]: Parameters<typeof engine.commit>) => {
      written.push(...writes.flatMap(({ key, expected }) => (expected === 0 ? [kindOf(key)] : [])));
      return engine.commit(command, writes);
    },
  };
  const config = readConfig(environment);
  const folder = mkdtempSync(join(tmpdir(), 'mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { transport } = config.mail;
  const limits = {
    ...config,
    mail: { ...config.mail, transport: transport.kind === 'eml' ? { ...transport, folder } : transport },
  };
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
  const isOff = created.length === 0;
  expect([written.filter((kind) => MAIL_KINDS.includes(kind)), errors]).toEqual([created, []]);
  if (isOff) expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['invitation answered']);
  if (isOff) expect(await metrics.page.text()).not.toMatch(/^(mails_total|events_dead_lettered_total)\{/m);
  await background.close();
});
