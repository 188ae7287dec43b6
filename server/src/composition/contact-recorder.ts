import { LRUCache } from 'lru-cache';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import type { UserContact } from '../domain/mail/user-contact.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import type { CoreServices } from '../execution/services.ts';
import { recordContact } from '../usecases/contacts/record-contact.ts';

/** Users whose recorded address is remembered, about 2 MB. Others are read from the store when they are seen again. */
const KNOWN_MAX = 10_000;
/** Users who may wait to be recorded. Further ones are recorded at a later request of theirs. */
const WAITING_MAX = 10_000;

/**
 * Records the verified addresses of the users who are seen, outside of their requests: `see` only notes an address, and `flush`
 * stores those that this process does not know to be stored.
 */
export class ContactRecorder {
  readonly #services: CoreServices;
  readonly #known = new LRUCache<UserId, UserContact>({ maxSize: KNOWN_MAX, sizeCalculation: () => 1 }); // `max` fills arrays at once
  readonly #waiting = new Map<UserId, UserContact>();

  constructor(services: CoreServices) {
    this.#services = services;
  }

  /** Sees every user whom `authenticate` returns. */
  seeUsersOf(authenticate: Authenticator['authenticate']): Authenticator['authenticate'] {
    return async (credential) => {
      const identity = await authenticate(credential);
      this.see(identity);
      return identity;
    };
  }

  see({ userId, email, issuedAt = 0 }: Identity): void {
    const seen = this.#waiting.get(userId) ?? this.#known.get(userId);
    if (email === null || (seen && (issuedAt < seen.issuedAt || (issuedAt === seen.issuedAt && email === seen.email)))) return;
    if (this.#waiting.size < WAITING_MAX || this.#waiting.has(userId)) this.#waiting.set(userId, { email, issuedAt });
  }

  /**
   * Stores what was seen since. After an error the rest waits for the next call.
   * @param signal starts no further user once it is aborted
   */
  async flush(onError: (error: unknown) => void, signal?: AbortSignal): Promise<void> {
    for (const [userId, contact] of this.#waiting) {
      if (signal?.aborted) return;
      this.#waiting.delete(userId); // seen again while it is recorded, it is recorded again
      try {
        await recordContact(this.#services, userId, contact);
        this.#known.set(userId, contact);
      } catch (error) {
        if (!this.#waiting.has(userId)) this.#waiting.set(userId, contact);
        return onError(error);
      }
    }
  }
}
