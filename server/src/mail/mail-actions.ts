import type { FieldError } from '../domain/errors.ts';
import type { Credentials } from '../execution/authenticate.ts';
import type { RequestMetadata } from '../execution/request-metadata.ts';
import type { LenderRef, MailRef } from './action-links.ts';

/** What the links of a mail do for someone without an account, and what undoes an opt-out. All may be repeated. */
export interface MailActions {
  /**
   * Declines an invitation in the round of the mail.
   * @throws DomainError if the invitation has ended in another way, or an account has answered it and alone may change that
   */
  decline(ref: LenderRef, request: RequestMetadata): Promise<void>;
  /** Stops all mail to the address, and responds the same for every address. */
  optOut(ref: MailRef, request: RequestMetadata): Promise<void>;
  /**
   * Has mail sent again to the address of a signed-in user.
   * @param violations of the request, reported once its sender is known
   * @throws DomainError `UNAUTHORIZED`, `TOO_MANY_REQUESTS`, `FORBIDDEN`, `VALIDATION_ERROR`
   */
  resume(request: RequestMetadata & Credentials, violations: readonly FieldError[]): Promise<void>;
}
