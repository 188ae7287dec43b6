import type { Language } from '@private-lending/locale/languages';
import { LRUCache } from 'lru-cache';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import type { UserContact } from '../domain/mail/user-contact.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import type { CoreServices } from '../execution/services.ts';
import { recordContact } from '../usecases/contacts/record-contact.ts';

/** Users whose recorded contact is remembered, about 2 MB. Others are read from the store when they are seen again. */
const KNOWN_MAX = 10_000;
/** Then they are read again: another process may have recorded another language since. */
const KNOWN_MS = 3_600_000;
/** Users who may wait to be recorded. Further ones are recorded at a later request of theirs. */
const WAITING_MAX = 10_000;

/**
 * Records the verified addresses of the users who are seen, and the language of the console's page, outside of their requests: `see`
 * only notes them, and `flush` stores what this process does not know to be stored.
 */
export class ContactRecorder {
  readonly #services: CoreServices;
  readonly #known: LRUCache<UserId, UserContact>;
  readonly #waiting = new Map<UserId, UserContact>();

  constructor(services: CoreServices) {
    this.#services = services;
    this.#known = new LRUCache({
      maxSize: KNOWN_MAX, // `max` fills arrays at once
      sizeCalculation: () => 1,
      ttl: KNOWN_MS,
      ttlResolution: 0,
      perf: { now: services.clock },
    });
  }

  /** Sees every user whom `authenticate` returns. */
  seeUsersOf(authenticate: Authenticator['authenticate']): Authenticator['authenticate'] {
    return async (credential) => {
      const identity = await authenticate(credential);
      this.see(identity, credential?.kind === 'session' ? credential.language : undefined);
      return identity;
    };
  }

  /** @param language undefined where the request does not have one */
  see({ userId, email, issuedAt = 0 }: Identity, language?: Language): void {
    if (email === null) return;
    const waiting = this.#waiting.get(userId);
    const seen = waiting ?? this.#known.get(userId);
    const isNewer = !seen || issuedAt > seen.issuedAt || (issuedAt === seen.issuedAt && email !== seen.email);
    const hasNewLanguage = language !== undefined && language !== seen?.language;
    if (!isNewer && !hasNewLanguage) return;
    if (!waiting && this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(userId, { ...(isNewer ? { email, issuedAt } : seen), language: language ?? waiting?.language });
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
