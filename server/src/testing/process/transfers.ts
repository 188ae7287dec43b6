import type { CommandId } from '../../domain/ids.ts';
import type { Key, Store } from '../../storage/store.ts';

/* Accounts whose balances always add up to the same: an invariant across several items. */

interface Account {
  readonly balance: number;
}

const ACCOUNTS = 10;
const BALANCE = 100;
export const TOTAL = ACCOUNTS * BALANCE;

const accounts = Array.from(
  { length: ACCOUNTS },
  (_, index): Key<Account> => ({ partition: 'accounts', sort: `account#${index}` }),
);

export async function openAccounts(store: Store): Promise<void> {
  const writes = accounts.map((key) => ({ key, expected: 0, data: { balance: BALANCE } }));
  await store.commit('open' as CommandId, writes);
}

/** Moves 1 between two accounts. @param number decides which accounts */
export async function transfer(store: Store, number: number): Promise<void> {
  const [from, to] = await store.get(
    accounts.filter((_, index) => index === number % ACCOUNTS || index === (number + 3) % ACCOUNTS),
  );
  if (!from || !to) throw new Error('the accounts are not open');
  const result = await store.commit(`transfer-${number}` as CommandId, [
    { key: from.key, expected: from.version, data: { balance: from.data.balance - 1 } },
    { key: to.key, expected: to.version, data: { balance: to.data.balance + 1 } },
  ]);
  if (!result.committed) throw new Error('another process makes transfers');
}

export async function readAccounts(store: Store): Promise<{ readonly total: number; readonly transfers: number }> {
  const items = (await store.get(accounts)).filter((item) => item !== undefined);
  return {
    total: items.reduce((total, { data }) => total + data.balance, 0),
    transfers: items.reduce((changes, { version }) => changes + version - 1, 0) / 2,
  };
}
