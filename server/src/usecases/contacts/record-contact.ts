import type { UserId } from '../../domain/ids.ts';
import { newerContact, type UserContact } from '../../domain/mail/user-contact.ts';
import { decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { CoreServices } from '../../execution/services.ts';
import { userContactKey } from '../../storage/keys.ts';

/**
 * Stores the verified address of a user, unless it is stored already, or a newer one is, and the language, unless it is stored
 * already. Takes one read, or a commit more.
 */
export function recordContact(services: CoreServices, userId: UserId, seen: UserContact): Promise<void> {
  const key = userContactKey(userId);
  return decideAndCommit(services, {
    keys: [key],
    decide(view) {
      const data = newerContact(view.at(key)?.data, seen);
      return { result: undefined, writes: data ? [{ key, expected: view.versionAt(key), data }] : [] };
    },
  });
}
