import { hash, randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';
import type { CommandId, Ids, ImportId, LenderId, LoanId, MailId, RequestId, SessionId } from '../domain/ids.ts';
import type { StoreSecrets } from '../storage/store-secrets.ts';

/** Base64url characters: 132 bits of the hash. */
const LENDER_ID_LENGTH = 22;
const MAIL_ID_LENGTH = 22;

/** Fetched many at once: fetching a few for each id would cost more than the id. */
class RandomWords {
  readonly #words = new Uint32Array(1024);
  #used = this.#words.length;

  nextUint32(): number {
    if (this.#used === this.#words.length) {
      randomFillSync(this.#words);
      this.#used = 0;
    }
    this.#used += 1;
    return this.#words[this.#used - 1] ?? 0;
  }
}

const generator = new V7Generator(new RandomWords());

function uuidv7(): string {
  return generator.generate().toString();
}

export const createCommandId = () => uuidv7() as CommandId;
export const createRequestId = () => uuidv7() as RequestId;

/** Creates ids: time-ordered UUIDs, and hashes for ids that derive from other values. */
export function createIds(storeSecrets: StoreSecrets): Ids {
  const lenderKey = storeSecrets.deriveKey('lender ids').toString('base64url');
  return {
    loan: () => uuidv7() as LoanId,
    import: () => uuidv7() as ImportId,
    command: createCommandId,
    request: createRequestId,
    session: () => uuidv7() as SessionId,
    outgoingMail: (...about) =>
      hash('sha256', JSON.stringify([lenderKey, ...about]), 'base64url').slice(0, MAIL_ID_LENGTH) as MailId,
    // A keyed hash, truncated against length extension. HMAC is twenty times slower in Node.
    lender: (loanId, email) =>
      hash('sha256', `${lenderKey}\n${loanId}\n${email}`, 'base64url').slice(0, LENDER_ID_LENGTH) as LenderId,
  };
}
