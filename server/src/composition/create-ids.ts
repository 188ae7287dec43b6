import { hash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId, Ids, ImportId, LenderId, LoanId, MailId, RequestId } from '../domain/ids.ts';
import type { StoreSecrets } from '../storage/store-secrets.ts';

/** 132 bits of the hash. */
const LENDER_ID_LENGTH = 22;
const MAILING_ID_LENGTH = 22;

/** Ids as a running program makes them; each cast says what kind of id a fresh one is. */
export function createIds(storeSecrets: StoreSecrets): Ids {
  const lenderKey = storeSecrets.deriveKey('lender ids').toString('base64url');
  return {
    loan: () => uuidv7() as LoanId,
    import: () => uuidv7() as ImportId,
    command: () => uuidv7() as CommandId,
    request: () => uuidv7() as RequestId,
    outgoingMail: (...about) =>
      hash('sha256', JSON.stringify([lenderKey, ...about]), 'base64url').slice(0, MAILING_ID_LENGTH) as MailId,
    // A keyed hash. Half of it is kept back, so nobody can carry it on to a longer text; HMAC takes Node twenty times as long.
    lender: (loanId, email) =>
      hash('sha256', `${lenderKey}\n${loanId}\n${email}`, 'base64url').slice(0, LENDER_ID_LENGTH) as LenderId,
  };
}
