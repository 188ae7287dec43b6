import { type FieldError, throwIfInvalid } from '../../domain/errors.ts';
import { canonicalMailbox, earlierOptOutMailboxes } from '../../domain/mail/canonical-mailbox.ts';
import { endOptOut } from '../../domain/mail/opt-out.ts';
import { type AuthenticationState, authenticate, type Credentials } from '../../execution/authenticate.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { CoreServices, Services } from '../../execution/services.ts';
import { trackRequest } from '../../execution/track-request.ts';
import type { View } from '../../execution/view.ts';
import { optOutKey } from '../../storage/keys.ts';
import { addressOf, contactKeys, type Recipient } from './user-address.ts';

/**
 * Has mail sent again to the caller's address.
 * @param violations of the request, reported once the caller is known
 * @throws DomainError `UNAUTHORIZED`, `TOO_MANY_REQUESTS`, `FORBIDDEN`, `VALIDATION_ERROR`
 */
export async function resumeMail(
  services: Services,
  request: Credentials & RequestMetadata,
  violations: readonly FieldError[],
): Promise<void> {
  const state: AuthenticationState = {};
  const error = await trackRequest(services.telemetry, 'ResumeMail', request, state, async () => {
    const { email } = await authenticate(services.authenticator, request, state);
    throwIfInvalid(violations);
    await endOptOutOf(services, { to: email }, services.clock());
  });
  if (error) throw error;
}

/** Ends the opt-out of the mailbox at which the recipient gets mail, unless it was made after `at`. */
export function endOptOutOf(services: CoreServices, recipient: Recipient, at: number): Promise<void> {
  const keysIn = (view: View) => {
    const address = addressOf(view, recipient);
    return { key: optOutKey(canonicalMailbox(address)), earlierKeys: earlierOptOutMailboxes(address).map(optOutKey) };
  };
  const decide = (view: View): Decision<void> => {
    const { key, earlierKeys } = keysIn(view);
    const stored = { ofMailbox: view.at(key)?.data, earlier: earlierKeys.map((earlier) => view.at(earlier)?.data) };
    const data = endOptOut(stored, at);
    return { result: undefined, writes: data ? [{ key, expected: view.versionAt(key), data }] : [] };
  };
  const moreKeys = (view: View) => {
    const { key, earlierKeys } = keysIn(view);
    return [key, ...earlierKeys];
  };
  return decideAndCommit(services, { keys: contactKeys(recipient), moreKeys, decide });
}
