import type { Language } from '@private-lending/locale/languages';
import type { Email } from '../email.ts';

/** The newest verified address of a user, where mail about them goes, and the language in which they use the console. */
export interface UserContact {
  readonly email: Email;
  /** When the token that has it was issued; epoch milliseconds, 0 where it does not say. */
  readonly issuedAt: number;
  /** The last one that was seen. Undefined for a user who has not used the console since languages are recorded. */
  readonly language?: Language | undefined;
}

/** @returns undefined where the stored contact has the address, or a newer one, and the language already */
export function newerContact(stored: UserContact | undefined, seen: UserContact): UserContact | undefined {
  if (!stored) return seen;
  const hasNewAddress = seen.email !== stored.email && seen.issuedAt >= stored.issuedAt;
  const hasNewLanguage = seen.language !== undefined && seen.language !== stored.language;
  if (!hasNewAddress && !hasNewLanguage) return undefined;
  return { ...(hasNewAddress ? seen : stored), language: seen.language ?? stored.language };
}
