import type * as api from './api.generated.ts';
import type { FeedAuth } from './feed/feed-auth.ts';
import { type ApiPromise, toApiPromise } from './http/api-promise.ts';
import { type Content, jsonObject, type RequestSpec } from './http/request.ts';
import { Transport } from './http/transport.ts';
import { type CallOptions, type ChangeOptions, type ClientOptions, type Settings, settingsOf } from './options.ts';
import { Pages } from './pages.ts';

type Query<Data extends { readonly query?: unknown }> = NonNullable<Data['query']>;

/**
 * All that a program can ask of the server. Calls that change something carry an idempotency key, so that they are safe to repeat,
 * which they do by themselves where that may help.
 */
export class LendingClient implements FeedAuth {
  readonly #settings: Settings;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#settings = settingsOf(options);
    this.#transport = new Transport(this.#settings);
  }

  get url(): URL {
    return new URL(this.#settings.url);
  }

  get random(): () => number {
    return this.#settings.random;
  }

  /** Whether another token may be had where one is refused. */
  get canRenew(): boolean {
    return this.#settings.canRenew;
  }

  async token(refused?: string): Promise<string> {
    return await this.#settings.token(refused);
  }

  /** Whoever is signed in becomes the borrower. With `lenders`, all are invited or the loan is not made. */
  createLoan(body: api.CreateLoanData['body'], options: ChangeOptions = {}): ApiPromise<api.CreateLoanResponse> {
    return this.#call({ operation: 'createLoan', method: 'POST', path: ['loans'], body }, options);
  }

  readLoan(loanId: string, options: CallOptions = {}): ApiPromise<api.ReadLoanResponse> {
    return this.#call({ operation: 'readLoan', method: 'GET', path: ['loans', loanId] }, options);
  }

  /** The caller's loans, as borrower or as lender. */
  listLoans(query: Query<api.ListLoansData> = {}, options: CallOptions = {}): Pages<api.ListLoansResponse, api.Loan> {
    const spec = { operation: 'listLoans', method: 'GET', path: ['loans'] } as const;
    return this.#pages(spec, query, options, ({ loans }) => loans);
  }

  /** Invites 1 to 20 lenders, all or none. */
  addLenders(loanId: string, body: api.AddLendersData['body'], options: ChangeOptions = {}): ApiPromise<api.AddLendersResponse> {
    return this.#call({ operation: 'addLenders', method: 'POST', path: ['loans', loanId, 'lenders'], body }, options);
  }

  /** All lenders for the borrower; their own row for a lender. */
  listLenders(
    loanId: string,
    query: Query<api.ListLendersData> = {},
    options: CallOptions = {},
  ): Pages<api.ListLendersResponse, api.Lender> {
    const spec = { operation: 'listLenders', method: 'GET', path: ['loans', loanId, 'lenders'] } as const;
    return this.#pages(spec, query, options, ({ lenders }) => lenders);
  }

  /** Another amount, while the invitation is pending. */
  changeLender(
    loanId: string,
    lenderId: string,
    body: api.ChangeLenderData['body'],
    options: ChangeOptions = {},
  ): ApiPromise<api.ChangeLenderResponse> {
    const path = ['loans', loanId, 'lenders', lenderId];
    return this.#call({ operation: 'changeLender', method: 'PATCH', path, body }, options);
  }

  /** Takes a pending invitation back. */
  revokeLender(loanId: string, lenderId: string, options: ChangeOptions = {}): ApiPromise<api.RevokeLenderResponse> {
    return this.#call({ operation: 'revokeLender', method: 'DELETE', path: ['loans', loanId, 'lenders', lenderId] }, options);
  }

  /** Sends a pending invitation again, at most once a day. */
  remindLender(loanId: string, lenderId: string, options: ChangeOptions = {}): ApiPromise<api.RemindLenderResponse> {
    const path = ['loans', loanId, 'lenders', lenderId, 'reminders'];
    return this.#call({ operation: 'remindLender', method: 'POST', path }, options);
  }

  /** Takes a CSV file of lenders in, which then goes on by itself: `readImport` tells how far it is. */
  importLenders(
    loanId: string,
    csv: Content,
    query: Query<api.ImportLendersData> = {},
    options: ChangeOptions = {},
  ): ApiPromise<api.ImportLendersResponse> {
    const path = ['loans', loanId, 'lenders', 'imports'];
    const content = { type: 'text/csv', data: csv };
    return this.#call({ operation: 'importLenders', method: 'POST', path, query, content }, options);
  }

  readImport(loanId: string, importId: string, options: CallOptions = {}): ApiPromise<api.ReadImportResponse> {
    const path = ['loans', loanId, 'lenders', 'imports', importId];
    return this.#call({ operation: 'readImport', method: 'GET', path }, options);
  }

  /** What became of each row of the file. */
  listImportRows(
    loanId: string,
    importId: string,
    query: Query<api.ListImportRowsData> = {},
    options: CallOptions = {},
  ): Pages<api.ListImportRowsResponse, api.ImportRow> {
    const path = ['loans', loanId, 'lenders', 'imports', importId, 'rows'];
    return this.#pages({ operation: 'listImportRows', method: 'GET', path }, query, options, ({ rows }) => rows);
  }

  /** The same for people: the whole of it as a CSV file. */
  exportImportRows(loanId: string, importId: string, options: CallOptions = {}): ApiPromise<string> {
    const path = ['loans', loanId, 'lenders', 'imports', importId, 'rows'];
    const spec = { operation: 'exportImportRows', method: 'GET', path, accept: 'text/csv', read: (text: string) => text } as const;
    return toApiPromise(this.#transport.send(spec, options));
  }

  /** The loan is funded at what was accepted; pending invitations end. */
  closeLoan(loanId: string, options: ChangeOptions = {}): ApiPromise<api.CloseLoanResponse> {
    return this.#call({ operation: 'closeLoan', method: 'POST', path: ['loans', loanId, 'close'] }, options);
  }

  /** All of its invitations end. */
  cancelLoan(loanId: string, options: ChangeOptions = {}): ApiPromise<api.CancelLoanResponse> {
    return this.#call({ operation: 'cancelLoan', method: 'POST', path: ['loans', loanId, 'cancel'] }, options);
  }

  /** What others have invited the caller to lend. */
  listInvitations(
    query: Query<api.ListInvitationsData> = {},
    options: CallOptions = {},
  ): Pages<api.ListInvitationsResponse, api.Invitation> {
    const spec = { operation: 'listInvitations', method: 'GET', path: ['invitations'] } as const;
    return this.#pages(spec, query, options, ({ invitations }) => invitations);
  }

  acceptInvitation(loanId: string, options: ChangeOptions = {}): ApiPromise<api.AcceptInvitationResponse> {
    return this.#call({ operation: 'acceptInvitation', method: 'POST', path: ['invitations', loanId, 'accept'] }, options);
  }

  declineInvitation(loanId: string, options: ChangeOptions = {}): ApiPromise<api.DeclineInvitationResponse> {
    return this.#call({ operation: 'declineInvitation', method: 'POST', path: ['invitations', loanId, 'decline'] }, options);
  }

  /** A loan's history, from its start or behind `after`. `watchLoan` tells what comes later. */
  readEvents(
    loanId: string,
    query: Query<api.ReadEventsData> = {},
    options: CallOptions = {},
  ): Pages<api.ReadEventsResponse, api.Event> {
    const read = (after: string | undefined) =>
      this.#call<api.ReadEventsResponse>(
        {
          operation: 'readEvents',
          method: 'GET',
          path: ['loans', loanId, 'events'],
          query: { ...query, after: after ?? query.after },
        },
        options,
      );
    return new Pages(read, ({ events }) => events);
  }

  #call<T>(spec: Omit<RequestSpec<T>, 'read'>, options: ChangeOptions): ApiPromise<T> {
    return toApiPromise(this.#transport.send<T>({ ...spec, read: jsonObject }, options));
  }

  #pages<P extends { readonly next_cursor: string | null }, Item>(
    spec: Pick<RequestSpec<P>, 'method' | 'operation' | 'path'>,
    query: { readonly cursor?: string } & NonNullable<RequestSpec<P>['query']>,
    options: CallOptions,
    itemsOf: (page: P) => readonly Item[],
  ): Pages<P, Item> {
    const read = (cursor = query.cursor) => this.#call<P>({ ...spec, query: { ...query, cursor } }, options);
    return new Pages(read, itemsOf);
  }
}
