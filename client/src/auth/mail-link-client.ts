import { type ApiPromise, toApiPromise } from '../http/api-promise.ts';
import { parseJsonObject, type RequestSpec } from '../http/request.ts';
import { Transport } from '../http/transport.ts';
import { type AuthClientOptions, type CallOptions, resolveOptions } from '../options.ts';

export interface MailLinkResponse {
  readonly success: true;
  readonly status: 'declined' | 'opted_out' | 'resumed';
}

export interface MailInvitationResponse {
  readonly success: true;
  /**
   * `open`: it can be declined by the link. `declined`: it was, and the invited person can undo that. `account`: a user has answered it,
   * and only they see more. `ended`: it was revoked or has expired, or the loan has ended. `replaced`: there is a newer mail.
   */
  readonly state: 'open' | 'declined' | 'account' | 'ended' | 'replaced';
}

/**
 * Does what the links in mails do, for people without an account. The token of a link is behind its `#`. All calls may be repeated.
 * Options and errors are those of `AuthClient`.
 * @example
 * const mailLinks = new MailLinkClient({ url: 'https://lending.example.com' });
 */
export class MailLinkClient {
  readonly #transport: Transport;

  /** @throws TypeError or RangeError for invalid options */
  constructor(options: AuthClientOptions) {
    this.#transport = new Transport(resolveOptions(options, { kind: 'session' }));
  }

  /**
   * Reads whether the invitation of a mail can still be declined by its link. Changes nothing.
   * @example
   * const { state } = await links.readInvitation('TOKEN');
   */
  readInvitation(token: string, options: CallOptions = {}): ApiPromise<MailInvitationResponse> {
    return this.#call({ operation: 'readInvitationOfMail', method: 'POST', path: 'mail/invitation', body: { token } }, options);
  }

  /**
   * Declines the invitation of a mail. The invited person can undo it: signed in, they accept.
   * @example
   * await links.decline('TOKEN');
   */
  decline(token: string, options: CallOptions = {}): ApiPromise<MailLinkResponse> {
    return this.#call({ operation: 'declineByMail', method: 'POST', path: 'mail/decline', body: { token } }, options);
  }

  /**
   * Stops all mail to the address that got the mail. `resume` undoes it.
   * @example
   * await links.optOut('TOKEN');
   */
  optOut(token: string, options: CallOptions = {}): ApiPromise<MailLinkResponse> {
    return this.#call({ operation: 'optOutOfMail', method: 'POST', path: 'mail/opt-out', body: { token } }, options);
  }

  /**
   * Has mail sent again to the address of the signed-in user.
   * @example
   * await links.resume();
   */
  resume(options: CallOptions = {}): ApiPromise<MailLinkResponse> {
    return this.#call({ operation: 'resumeMail', method: 'DELETE', path: 'mail/opt-out' }, options);
  }

  #call<Response extends object>(spec: Omit<RequestSpec<Response>, 'parse'>, options: CallOptions): ApiPromise<Response> {
    return toApiPromise(this.#transport.send<Response>({ ...spec, parse: parseJsonObject }, options));
  }
}
