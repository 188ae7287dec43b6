import { mailsIn, withMails } from '../../domain/mail/mailing.ts';
import { mailingWrite } from '../../execution/commit-writes.ts';
import { dueShards } from '../../storage/index-keys.ts';
import { mailingIdOf, mailingKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import { newCommand } from '../dynamodb/proxied-store.ts';

/**
 * Has the claims of a killed server on its mails end now, as they do after two minutes: then another server may send them.
 * @returns how many it had
 */
export async function endClaims(store: Store): Promise<number> {
  const rows = await Promise.all(
    dueShards('mailing').map((partition) => store.listIndex({ partition, order: 'ascending', limit: 100 })),
  );
  const items = await store.batchGet(rows.flat().map(({ key }) => mailingKey(mailingIdOf(key.partition))));
  let count = 0;
  for (const { data, version } of items.filter((item) => item !== undefined)) {
    const claimed = data.mails.filter(({ state }) => state.name === 'claimed').length;
    if (claimed === 0) continue;
    count += claimed;
    const state = { name: 'claimed', until: Date.now() } as const;
    const ended = mailsIn(data).map((mail) => (mail.state.name === 'claimed' ? { ...mail, state } : mail));
    await store.commit(newCommand(), [mailingWrite(withMails(data, ended), version)]);
  }
  return count;
}
