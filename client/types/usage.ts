import {
  ApiError,
  type ApiPromise,
  type ApiResponse,
  AuthClient,
  type ErrorCode,
  type Event,
  type FeedAuth,
  type Lender,
  LendingClient,
  LendingError,
  type Loan,
  NotFoundError,
  type SignedInUser,
} from '@private-lending/client';

/*
 * Code that must compile, and code that must not. It is never run. It is compiled with the sources, and as a browser's
 * project that installed the package, without Node's types.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(isSame: Same<A, B>): void {
  void isSame;
}

export async function usage(): Promise<void> {
  const lending = new LendingClient({ url: 'https://api.example.com', token: async (rejected?: string) => rejected ?? 'JWT' });
  const auth: FeedAuth = lending;
  same<typeof auth.url, URL>(true);

  // @ts-expect-error: the token is missing
  new LendingClient({ url: 'https://api.example.com' });
  // @ts-expect-error: a token is not a number
  new LendingClient({ url: 'https://api.example.com', token: 1 });

  const created = lending.createLoan({ amount: '20000.00', interest_rate: 4.5, term_months: 36, currency: 'EUR' });
  same<Awaited<typeof created>['loan'], Loan>(true);
  same<typeof created extends Promise<unknown> ? true : false, true>(true);
  const response = await created.withResponse();
  same<typeof response extends ApiResponse<Awaited<typeof created>> ? true : false, true>(true);
  same<typeof response.location, string | undefined>(true);
  // @ts-expect-error: the terms are missing
  void lending.createLoan({ amount: 20_000 });
  // @ts-expect-error: not an ISO 4217 code
  void lending.createLoan({ amount: 20_000, interest_rate: 4.5, term_months: 36, currency: 'EURO' });

  const lenders = [{ email: 'ben@example.com', contribution_amount: 5000 }];
  const added = await lending.addLenders('L', { lenders }, { idempotencyKey: 'order-17', deadlineMs: 5000 });
  same<typeof added.remaining, number>(true);
  // @ts-expect-error: not the name in the JSON
  void lending.addLenders('L', { lenders: [{ email: 'ben@example.com', contributionAmount: 5000 }] });
  void lending.readLoan('L', { headers: { traceparent: '00-1-2-01' } });
  // @ts-expect-error: reads have no idempotency key
  void lending.readLoan('L', { idempotencyKey: 'order-17' });

  const page = await lending.listLenders('L', { status: 'pending' });
  same<typeof page.next_cursor, string | null>(true);
  same<Awaited<ReturnType<typeof lending.readEvents>>['next_cursor'], string>(true);
  for await (const lender of lending.listLenders('L')) same<typeof lender, Lender>(true);
  for await (const event of lending.readEvents('L', { after: 'C' })) same<typeof event.type, Event['type']>(true);
  same<Awaited<ReturnType<ReturnType<typeof lending.listLenders>['toArray']>>, Lender[]>(true);
  // @ts-expect-error: the limit is missing
  void lending.listLenders('L').toArray();
  // @ts-expect-error: not a status
  void lending.listLenders('L', { status: 'invited' });

  same<ReturnType<typeof lending.exportImportRows>, ApiPromise<string>>(true);
  void lending.importLenders('L', new Blob(['email,contribution_amount\n']), { dry_run: 'true' });
  // @ts-expect-error: a stream could not be sent again
  void lending.importLenders('L', new ReadableStream());
}

export async function sessions(): Promise<void> {
  const lending = new LendingClient({ url: 'https://api.example.com', session: true });
  await lending.readLoan('L');
  // @ts-expect-error: a session has no token
  new LendingClient({ url: 'https://api.example.com', session: true, token: 'JWT' });
  const auth = new AuthClient({ url: 'https://api.example.com', hooks: { onSignedOut: ({ error }) => error.status } });
  const { sign_in, user } = await auth.me();
  same<typeof sign_in, 'email' | 'local' | 'oidc'>(true);
  same<typeof user, SignedInUser | null>(true);
  const { challenge } = await auth.requestCode('ana@example.com');
  const { token } = await auth.verifyCode({ challenge, code: '12345678' });
  same<typeof token, string | undefined>(true);
  // @ts-expect-error: the code is missing
  void auth.verifyCode({ challenge });
  new AuthClient({ url: 'https://api.example.com', session: false });
}

export function advice(error: LendingError): string {
  same<typeof error.status, number | undefined>(true);
  switch (error.code) {
    case 'CONNECTION_FAILED':
    case 'DEADLINE_EXCEEDED':
      return 'Repeat the call with the same key.';
    // @ts-expect-error: not an error code
    case 'TIMEOUT':
      return '';
    default:
      return error.message;
  }
}

export function failure(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof LendingError ? `${error.requestId} ${error.attempts}` : '';
  same<typeof error.code, ErrorCode>(true);
  same<typeof error.headers, Headers>(true);
  if (error instanceof NotFoundError) same<typeof error.code, 'NOT_FOUND'>(true);
  // @ts-expect-error: not an error code
  if (error.code === 'NO_SUCH_CODE') return '';
  return error.code === 'CONFLICT' ? error.message : `${error.details[0]?.path} ${error.retryAfter?.toFixed()}`;
}
