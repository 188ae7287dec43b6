import type { Email } from '../../domain/email.ts';
import type { UserId } from '../../domain/ids.ts';
import type { View } from '../../execution/view.ts';
import { userContactKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';

/** Who gets a mail. */
export interface Recipient {
  /** Null or undefined where nobody has answered the invitation that it is about. */
  readonly userId?: UserId | null;
  /** Where it goes as long as no newer address of the user is known. */
  readonly to: Email;
}

/** The keys that `addressOf` needs. */
export function contactKeys({ userId }: Recipient): Key<unknown>[] {
  return userId ? [userContactKey(userId)] : [];
}

/** The newest verified address of the recipient, as far as the view has it. */
export function addressOf(view: View, { userId, to }: Recipient): Email {
  const key = userId ? userContactKey(userId) : undefined;
  const isInView = key !== undefined && view.versionAt(key) > 0;
  return (isInView ? view.at(key)?.data.email : undefined) ?? to;
}
