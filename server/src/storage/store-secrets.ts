import { createHmac, hash, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId, Ids, ImportId, LenderId, LoanId, MailingId, RequestId } from '../domain/ids.ts';
import type { CopyMark } from './bulk-store.ts';
import { copyMarkKey, installationKey } from './keys.ts';
import { type Item, type Store, UnfitStoreError } from './store.ts';

/** 132 bits of the hash. */
const LENDER_ID_LENGTH = 22;
const MAILING_ID_LENGTH = 22;

/** What a store keeps for the program itself, and takes along when it is copied. */
export interface Installation {
  /** Whether it was made just now, which is to say in an empty store. */
  readonly isNew: boolean;
  /** A key for one purpose, the same in every process on this store. */
  keyFor(purpose: string): Buffer;
}

export async function openInstallation(store: Store): Promise<Installation> {
  const { data, isNew } = await keepOnce(store, 'secret', async () => ({ secret: randomBytes(32).toString('base64url') }));
  const secret = Buffer.from(data.secret, 'base64url');
  return { isNew, keyFor: (purpose) => createHmac('sha256', secret).update(purpose).digest() };
}

/**
 * Makes a thing once for a store, whoever comes first, and finds it again ever after.
 * @throws UnfitStoreError where the store is not whole, so that nothing is made in it
 */
export async function keepOnce<Data>(
  store: Store,
  name: string,
  make: () => Promise<Data>,
): Promise<{ data: Data; isNew: boolean }> {
  const key = installationKey<Data>(name);
  const [found, mark] = await store.get<unknown>([key, copyMarkKey()]);
  if (mark) throw unfinished(mark as Item<CopyMark>); // each key says what is kept under it
  const kept = found as Item<Data> | undefined;
  if (kept) return { data: kept.data, isNew: false };
  const data = await make();
  const result = await store.commit(uuidv7() as CommandId, [{ key, expected: 0, data }]);
  if (result.committed) return { data, isNew: true };
  const [others] = await store.get([key]);
  if (!others) throw new TypeError(`the store refused "${name}" and does not have it`);
  return { data: others.data, isNew: false };
}

function unfinished({ data: { from, to, started } }: Item<CopyMark>): UnfitStoreError {
  return new UnfitStoreError(
    `${to} is the unfinished target of a copy from ${from}, begun ${started}. ` +
      `"npx lending copy --from ${from} --to ${to}" goes on where that stopped; or begin with an empty store.`,
  );
}

/** Ids as a running program makes them; each cast says what kind of id a fresh one is. */
export function makeIds(installation: Installation): Ids {
  const lenderKey = installation.keyFor('lender ids').toString('base64url');
  return {
    loan: () => uuidv7() as LoanId,
    import: () => uuidv7() as ImportId,
    command: () => uuidv7() as CommandId,
    request: () => uuidv7() as RequestId,
    mailing: (...about) =>
      hash('sha256', JSON.stringify([lenderKey, ...about]), 'base64url').slice(0, MAILING_ID_LENGTH) as MailingId,
    // A keyed hash. Half of it is kept back, so nobody can carry it on to a longer text; HMAC takes Node twenty times as long.
    lender: (loanId, email) =>
      hash('sha256', `${lenderKey}\n${loanId}\n${email}`, 'base64url').slice(0, LENDER_ID_LENGTH) as LenderId,
  };
}
