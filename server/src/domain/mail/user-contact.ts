import type { Email } from '../email.ts';

/** The newest verified address of a user: where mail about them goes. */
export interface UserContact {
  readonly email: Email;
  /** When the token that has it was issued; epoch milliseconds, 0 where it does not say. */
  readonly issuedAt: number;
}

/** @returns undefined where the stored contact has the address already, or a newer one */
export function newerContact(stored: UserContact | undefined, seen: UserContact): UserContact | undefined {
  if (!stored) return seen;
  return seen.email !== stored.email && seen.issuedAt >= stored.issuedAt ? seen : undefined;
}
