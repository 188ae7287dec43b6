import { setImmediate as nextIteration } from 'node:timers/promises';
import type { LoanId } from '../../server/src/domain/ids.ts';
import { enqueueMailHandler } from '../../server/src/mail/enqueue-mail-handler.ts';
import { OutboxDispatcher } from '../../server/src/outbox/dispatcher.ts';
import { riskHandler } from '../../server/src/risk/assessment/risk-handler.ts';
import { wrapStore } from '../../server/src/storage/instrumented-store.ts';
import { isOutboxKey } from '../../server/src/storage/keys.ts';
import { isDelete, type Store } from '../../server/src/storage/store.ts';
import { lenders, type TestApp } from '../../server/src/testing/app/test-app.ts';
import { ANY } from '../../server/src/testing/dynamodb/proxy.ts';
import { memoryMailSender, riskOptions } from '../../server/src/testing/mail/mail-background.ts';
import { type Metered, makeMeter } from './meter.ts';
import type { BenchDatabase } from './setup.ts';

/* Adding ten lenders with a key, and all that follows: the mails are sent and recorded, and the outbox entry is deleted. */

const MAILS = 10;
/** Of the client: mails are counted by network too. */
const FROM = '203.0.113.9';
/** Numbered addresses score high. A hold takes three write units more. */
const NO_HOLDS = { threshold: 1 };

/** @param risk whether invitations are scored @returns the requests, in order: of the command, then of what follows */
export async function measureFollowUp(database: BenchDatabase, risk: 'off' | 'shadow' = 'off'): Promise<Metered[]> {
  const testApp = await database.open(await database.newTable());
  const meter = makeMeter(database.straight, await database.newTable());
  database.proxy.always(ANY, meter.rule);
  const background = followUpOf(testApp, risk);
  const borrower = await testApp.as('borrower@example.com');
  await borrower.postsLoan({ lenders: lenders(1, 1, 'first') }); // a process takes its part of all mails with the first one
  const loan = `/loans/${await borrower.postsLoan({ amount: 1_000_000 })}`;
  await background.finish();
  meter.take();
  const request = { body: { lenders: lenders(MAILS, 1) }, headers: { 'Idempotency-Key': 'k' }, from: FROM };
  const { status, text } = await borrower.send('POST', `${loan}/lenders`, request);
  if (status !== 200) throw new Error(`expected 200, got ${status}: ${text}`);
  await background.finish();
  database.proxy.clear();
  const sent = background.messages.length - 1;
  if (sent !== MAILS) throw new Error(`${sent} of ${MAILS} mails were sent`);
  return meter.take();
}

/** What a server does after a commit, with a transport in memory, when `finish` is called. */
function followUpOf(testApp: TestApp, risk: 'off' | 'shadow') {
  const { services } = testApp.app;
  const { sender, messages, onError } = memoryMailSender(testApp);
  /** Outbox entries that were committed, and not deleted yet. */
  let entries = 0;
  const store: Store = {
    ...wrapStore(services.store, (_, call) => call()),
    async commit(command, writes) {
      const result = await services.store.commit(command, writes);
      if (result.committed) entries -= writes.filter(isDelete).length;
      return result;
    },
  };
  const dispatcher = new OutboxDispatcher({
    ...services,
    store,
    handlers: [
      ...(risk === 'shadow' ? [riskHandler({ ...riskOptions(testApp), ...NO_HOLDS, mode: risk, onAssessed: () => {} })] : []),
      enqueueMailHandler({ ...services, sender, onError }),
    ],
    onFailure: ({ error }) => onError(error),
    onError,
    pause: async () => {},
  });
  const changed = new Set<LoanId>();
  services.changes.watchCommits((writes) => {
    dispatcher.handOver(writes);
    entries += writes.filter(({ key }) => isOutboxKey(key)).length;
  });
  services.changes.watchAll((loanId) => changed.add(loanId));
  return {
    messages,
    async finish(): Promise<void> {
      for (const loanId of changed) await dispatcher.deliver(loanId);
      changed.clear();
      await sender.sendOwn(onError);
      while (entries > 0) await nextIteration();
    },
  };
}
