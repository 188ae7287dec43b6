import { outgoingMailWrite } from '../../execution/commit-writes.ts';
import { dueShards } from '../../storage/index-keys.ts';
import { mailIdOf, outgoingMailKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import { newCommand } from '../dynamodb/proxied-store.ts';

/**
 * Has the claims of a killed server on its mails end now, as they do after two minutes: then another server may send them.
 * @returns how many it had
 */
export async function endClaims(store: Store): Promise<number> {
  const rows = await Promise.all(
    dueShards('mail').map((partition) => store.listIndex({ partition, order: 'ascending', limit: 100 })),
  );
  const items = await store.batchGet(rows.flat().map(({ key }) => outgoingMailKey(mailIdOf(key.partition))));
  const claimed = items.filter((item) => item?.data.state.name === 'claimed').filter((item) => item !== undefined);
  for (const { data, version } of claimed) {
    const ended = { ...data, state: { name: 'claimed', until: Date.now() } } as const;
    await store.commit(newCommand(), [outgoingMailWrite(ended, version)]);
  }
  return claimed.length;
}
