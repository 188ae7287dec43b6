import type * as api from './api.generated.ts';
import { requireObject } from './arguments.ts';
import type { FeedAuth, FeedSession } from './feed/feed-auth.ts';
import { type ApiPromise, toApiPromise } from './http/api-promise.ts';
import { type Content, parseJsonObject, type RequestSpec } from './http/request.ts';
import { Transport } from './http/transport.ts';
import {
  type AcceptOptions,
  type CallOptions,
  type ChangeOptions,
  type ClientOptions,
  resolveOptions,
  type SessionClientOptions,
  type Settings,
} from './options.ts';
import { Pages } from './pages.ts';

type Query<Data extends { readonly query?: unknown }> = NonNullable<Data['query']>;

/**
 * Client of the Private Lending API. Bodies and responses have the names of the JSON; amounts are in major units. Calls
 * that change something carry an idempotency key, and calls that fail temporarily are retried. A failed call rejects
 * with a `LendingError`, an aborted one with the reason of its signal. Create one client for each server and keep it:
 * its retry budget and its circuit breaker span calls.
 * @example
 * const client = new LendingClient({ url: 'https://lending.example.com', token: 'JWT' });
 * const inPage = new LendingClient({ url: location.origin, session: true }); // in a page of the server, after AuthClient
 */
export class LendingClient implements FeedAuth {
  readonly #settings: Settings;
  readonly #transport: Transport;

  /** @throws TypeError or RangeError for invalid options */
  constructor(options: ClientOptions | SessionClientOptions) {
    this.#settings = resolveOptions(options);
    this.#transport = new Transport(this.#settings);
  }

  get url(): URL {
    return new URL(this.#settings.url);
  }

  get random(): () => number {
    return this.#settings.random;
  }

  /** Whether the token comes from a function, which can return another one after a 401. */
  get canRenew(): boolean {
    const { credentials } = this.#settings;
    return credentials.kind === 'token' && credentials.canRenew;
  }

  /** @throws TypeError for a client of a browser's session, which has no token */
  async token(rejected?: string): Promise<string> {
    const { credentials } = this.#settings;
    if (credentials.kind === 'token') return await credentials.token(rejected);
    throw new TypeError("A client of a browser's session has no token.");
  }

  /** What `watchLoan` uses in a browser's session. */
  get session(): FeedSession | undefined {
    const settings = this.#settings;
    return settings.credentials.kind === 'session' ? { settings, transport: this.#transport } : undefined;
  }

  /**
   * Posts a loan with the caller as its borrower. With `lenders`, either all of them are invited or no loan is created.
   * @example
   * const { loan } = await lending.createLoan({ amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36 });
   */
  createLoan(body: api.CreateLoanData['body'], options: ChangeOptions = {}): ApiPromise<api.CreateLoanResponse> {
    return this.#call({ operation: 'createLoan', method: 'POST', path: 'loans', body }, options);
  }

  /**
   * @example
   * const { loan } = await lending.readLoan(loanId, { deadlineMs: 5000 });
   */
  readLoan(loanId: string, options: CallOptions = {}): ApiPromise<api.ReadLoanResponse> {
    return this.#call({ operation: 'readLoan', method: 'GET', path: 'loans/{loanId}', ids: { loanId } }, options);
  }

  /**
   * Lists the caller's loans, as borrower or as lender.
   * @example
   * for await (const loan of lending.listLoans({ role: 'lender' })) console.log(loan.loan_id, loan.status);
   */
  listLoans(query: Query<api.ListLoansData> = {}, options: CallOptions = {}): Pages<api.ListLoansResponse, api.Loan> {
    return this.#pages('listLoans', { path: 'loans' }, query, options, ({ loans }) => loans);
  }

  /**
   * Invites 1 to 20 lenders: all of them or none.
   * @example
   * const lenders = [{ email: 'ben@example.com', contribution_amount: 5000 }];
   * const { remaining } = await lending.addLenders(loanId, { lenders }, { idempotencyKey: 'order-17' });
   */
  addLenders(loanId: string, body: api.AddLendersData['body'], options: ChangeOptions = {}): ApiPromise<api.AddLendersResponse> {
    return this.#call({ operation: 'addLenders', method: 'POST', path: 'loans/{loanId}/lenders', ids: { loanId }, body }, options);
  }

  /**
   * Lists all lenders for the borrower, and only the caller's own row for a lender.
   * @example
   * const { lenders, next_cursor } = await lending.listLenders(loanId, { status: 'pending', limit: 100 });
   */
  listLenders(
    loanId: string,
    query: Query<api.ListLendersData> = {},
    options: CallOptions = {},
  ): Pages<api.ListLendersResponse, api.Lender> {
    return this.#pages(
      'listLenders',
      { path: 'loans/{loanId}/lenders', ids: { loanId } },
      query,
      options,
      ({ lenders }) => lenders,
    );
  }

  /**
   * Changes the amount of a pending invitation.
   * @example
   * await lending.changeLender(loanId, lenderId, { contribution_amount: '2500.00' });
   */
  changeLender(
    loanId: string,
    lenderId: string,
    body: api.ChangeLenderData['body'],
    options: ChangeOptions = {},
  ): ApiPromise<api.ChangeLenderResponse> {
    const target = { path: 'loans/{loanId}/lenders/{lenderId}', ids: { loanId, lenderId } };
    return this.#call({ operation: 'changeLender', method: 'PATCH', ...target, body }, options);
  }

  /**
   * Revokes a pending invitation.
   * @example
   * await lending.revokeLender(loanId, lenderId);
   */
  revokeLender(loanId: string, lenderId: string, options: ChangeOptions = {}): ApiPromise<api.RevokeLenderResponse> {
    return this.#call(
      { operation: 'revokeLender', method: 'DELETE', path: 'loans/{loanId}/lenders/{lenderId}', ids: { loanId, lenderId } },
      options,
    );
  }

  /**
   * Sends a pending invitation again, at most once a day.
   * @example
   * await lending.remindLender(loanId, lenderId);
   */
  remindLender(loanId: string, lenderId: string, options: ChangeOptions = {}): ApiPromise<api.RemindLenderResponse> {
    const target = { path: 'loans/{loanId}/lenders/{lenderId}/reminders', ids: { loanId, lenderId } };
    return this.#call({ operation: 'remindLender', method: 'POST', ...target }, options);
  }

  /**
   * Uploads a CSV file of lenders. The import runs on the server: poll it with `readImport` or `followImport`.
   * @example
   * const csv = 'email,contribution_amount\nben@example.com,5000\n';
   * const { import: started } = await lending.importLenders(loanId, csv, { mode: 'per_row' });
   */
  importLenders(
    loanId: string,
    csv: Content,
    query: Query<api.ImportLendersData> = {},
    options: ChangeOptions = {},
  ): ApiPromise<api.ImportLendersResponse> {
    const target = { path: 'loans/{loanId}/lenders/imports', ids: { loanId } };
    const content = { type: 'text/csv', data: csv };
    return this.#call({ operation: 'importLenders', method: 'POST', ...target, query, content }, options);
  }

  /**
   * @example
   * const { status, rows_done, rows_total } = (await lending.readImport(loanId, importId)).import;
   */
  readImport(loanId: string, importId: string, options: CallOptions = {}): ApiPromise<api.ReadImportResponse> {
    const target = { path: 'loans/{loanId}/lenders/imports/{importId}', ids: { loanId, importId } };
    return this.#call({ operation: 'readImport', method: 'GET', ...target }, options);
  }

  /**
   * Lists the outcome of each row of an imported file.
   * @example
   * for await (const { row, outcome } of lending.listImportRows(loanId, importId)) console.log(row, outcome);
   */
  listImportRows(
    loanId: string,
    importId: string,
    query: Query<api.ListImportRowsData> = {},
    options: CallOptions = {},
  ): Pages<api.ListImportRowsResponse, api.ImportRow> {
    const target = { path: 'loans/{loanId}/lenders/imports/{importId}/rows', ids: { loanId, importId } };
    return this.#pages('listImportRows', target, query, options, ({ rows }) => rows);
  }

  /**
   * Returns the outcome of all rows as a CSV file, with a byte order mark for spreadsheets.
   * @example
   * const csv: string = await lending.exportImportRows(loanId, importId);
   */
  exportImportRows(loanId: string, importId: string, options: CallOptions = {}): ApiPromise<string> {
    const target = { path: 'loans/{loanId}/lenders/imports/{importId}/rows', ids: { loanId, importId } };
    const parse = (text: string) => text;
    return toApiPromise(
      this.#transport.send({ operation: 'exportImportRows', method: 'GET', ...target, accept: 'text/csv', parse }, options),
    );
  }

  /**
   * Closes a loan at the accepted amount; pending invitations end.
   * @example
   * const { loan } = await lending.closeLoan(loanId);
   */
  closeLoan(loanId: string, options: ChangeOptions = {}): ApiPromise<api.CloseLoanResponse> {
    return this.#call({ operation: 'closeLoan', method: 'POST', path: 'loans/{loanId}/close', ids: { loanId } }, options);
  }

  /**
   * Cancels a loan; all its invitations end.
   * @example
   * const { loan } = await lending.cancelLoan(loanId);
   */
  cancelLoan(loanId: string, options: ChangeOptions = {}): ApiPromise<api.CancelLoanResponse> {
    return this.#call({ operation: 'cancelLoan', method: 'POST', path: 'loans/{loanId}/cancel', ids: { loanId } }, options);
  }

  /**
   * Lists the invitations that the caller received.
   * @example
   * for await (const { loan_id, borrower } of lending.listInvitations()) console.log(loan_id, borrower.name);
   */
  listInvitations(
    query: Query<api.ListInvitationsData> = {},
    options: CallOptions = {},
  ): Pages<api.ListInvitationsResponse, api.Invitation> {
    return this.#pages('listInvitations', { path: 'invitations' }, query, options, ({ invitations }) => invitations);
  }

  /**
   * Accepts an invitation. With `contributionAmount`, only while that is its amount: else it throws a `ConflictError`.
   * @example
   * const { invitation, loan } = await lending.acceptInvitation(loanId, { contributionAmount: 5000 });
   */
  acceptInvitation(loanId: string, options: AcceptOptions = {}): ApiPromise<api.AcceptInvitationResponse> {
    const { contributionAmount: amount, ...others } = { ...options }; // null is possible where no type checker protects
    const body = amount === undefined ? undefined : { contribution_amount: amount };
    const target = { path: 'invitations/{loanId}/accept', ids: { loanId } };
    return this.#call({ operation: 'acceptInvitation', method: 'POST', ...target, ...(body && { body }) }, others);
  }

  /**
   * Declines an invitation. An accepted one can be declined while the loan is open.
   * @example
   * await lending.declineInvitation(loanId);
   */
  declineInvitation(loanId: string, options: ChangeOptions = {}): ApiPromise<api.DeclineInvitationResponse> {
    return this.#call(
      { operation: 'declineInvitation', method: 'POST', path: 'invitations/{loanId}/decline', ids: { loanId } },
      options,
    );
  }

  /**
   * Lists the events of a loan, from the first one or from the cursor `after`. Use `watchLoan` for new ones. `next_cursor` is
   * never null: at the end, a page has no events and the cursor that was sent, from which a later call continues.
   * @example
   * for await (const { at, type } of lending.readEvents(loanId)) console.log(at, type);
   */
  readEvents(
    loanId: string,
    query: Query<api.ReadEventsData> = {},
    options: CallOptions = {},
  ): Pages<api.ReadEventsResponse, api.Event> {
    return this.#pages(
      'readEvents',
      { path: 'loans/{loanId}/events', ids: { loanId } },
      query,
      options,
      ({ events }) => events,
      'after',
    );
  }

  /**
   * Lists suspicious invitations of all borrowers: for operators. Without a status, those that nobody has decided on.
   * @example
   * for await (const { hold_id, score } of lending.listHolds({ status: 'held' })) console.log(hold_id, score);
   */
  listHolds(query: Query<api.ListHoldsData> = {}, options: CallOptions = {}): Pages<api.ListHoldsResponse, api.Hold> {
    return this.#pages('listHolds', { path: 'operator/holds' }, query, options, ({ holds }) => holds);
  }

  /**
   * @example
   * const { lenders, reasons } = (await lending.readHold(holdId)).hold;
   */
  readHold(holdId: string, options: CallOptions = {}): ApiPromise<api.ReadHoldResponse> {
    return this.#call({ operation: 'readHold', method: 'GET', path: 'operator/holds/{holdId}', ids: { holdId } }, options);
  }

  /**
   * Has the mail about held invitations sent.
   * @example
   * await lending.releaseHold(holdId);
   */
  releaseHold(holdId: string, options: ChangeOptions = {}): ApiPromise<api.ReleaseHoldResponse> {
    return this.#call(
      { operation: 'releaseHold', method: 'POST', path: 'operator/holds/{holdId}/release', ids: { holdId } },
      options,
    );
  }

  /**
   * Drops the mail about held invitations.
   * @example
   * await lending.rejectHold(holdId);
   */
  rejectHold(holdId: string, options: ChangeOptions = {}): ApiPromise<api.RejectHoldResponse> {
    return this.#call(
      { operation: 'rejectHold', method: 'POST', path: 'operator/holds/{holdId}/reject', ids: { holdId } },
      options,
    );
  }

  #call<T>(spec: Omit<RequestSpec<T>, 'parse'>, options: ChangeOptions): ApiPromise<T> {
    return toApiPromise(this.#transport.send<T>({ ...spec, parse: parseJsonObject }, options));
  }

  /** @param cursorName the query parameter that takes the next cursor */
  #pages<P extends { readonly next_cursor: string | null }, Item>(
    operation: string,
    target: Pick<RequestSpec<P>, 'ids' | 'path'>,
    query: { readonly limit?: number; readonly after?: string; readonly cursor?: string },
    options: CallOptions,
    itemsOf: (page: P) => readonly Item[],
    cursorName: 'after' | 'cursor' = 'cursor',
  ): Pages<P, Item> {
    requireObject('query', query);
    const fetchPage = (cursor: string | undefined) =>
      this.#call<P>({ operation, method: 'GET', ...target, query: { ...query, [cursorName]: cursor } }, options);
    return new Pages(fetchPage, itemsOf, query[cursorName]);
  }
}
