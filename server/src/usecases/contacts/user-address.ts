import type { Language } from '@private-lending/locale/languages';
import type { Email } from '../../domain/email.ts';
import type { UserId } from '../../domain/ids.ts';
import type { UserContact } from '../../domain/mail/user-contact.ts';
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

/** The keys that `addressOf` and `languageOf` need. */
export function contactKeys({ userId }: Recipient): Key<unknown>[] {
  return userId ? [userContactKey(userId)] : [];
}

/** The newest verified address of the recipient, as far as the view has it. */
export function addressOf(view: View, recipient: Recipient): Email {
  return contactIn(view, recipient)?.email ?? recipient.to;
}

/** In which language the recipient used the console last; undefined where that is not known, or not in the view. */
export function languageOf(view: View, recipient: Recipient): Language | undefined {
  return contactIn(view, recipient)?.language;
}

function contactIn(view: View, { userId }: Recipient): UserContact | undefined {
  const key = userId ? userContactKey(userId) : undefined;
  return key !== undefined && view.versionAt(key) > 0 ? view.at(key)?.data : undefined;
}
