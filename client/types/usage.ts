import {
  type Answered,
  ApiError,
  type Call,
  type ErrorCode,
  type Event,
  type Lender,
  LendingClient,
  LendingError,
  type Loan,
  type Signed,
} from '@private-lending/client';

/*
 * What callers may write, and what they may not: compiled, never run. Once with the sources, and once as a browser's
 * project that installed the package would, without Node's types.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(is: Same<A, B>): void {
  void is;
}

export async function usage(): Promise<void> {
  const lending = new LendingClient({ url: 'https://api.example.com', token: async (refused?: string) => refused ?? 'JWT' });
  const signed: Signed = lending;
  same<typeof signed.url, URL>(true);

  // @ts-expect-error: nobody asks without a token
  new LendingClient({ url: 'https://api.example.com' });
  // @ts-expect-error: a token is no number
  new LendingClient({ url: 'https://api.example.com', token: 1 });

  const made = lending.createLoan({ amount: '20000.00', interest_rate: 4.5, term_months: 36, currency: 'EUR' });
  same<Awaited<typeof made>['loan'], Loan>(true);
  same<typeof made extends Promise<unknown> ? true : false, true>(true);
  const answered = await made.withResponse();
  same<typeof answered extends Answered<Awaited<typeof made>> ? true : false, true>(true);
  same<typeof answered.location, string | undefined>(true);
  // @ts-expect-error: it takes terms
  void lending.createLoan({ amount: 20_000 });
  // @ts-expect-error: ISO 4217
  void lending.createLoan({ amount: 20_000, interest_rate: 4.5, term_months: 36, currency: 'EURO' });

  const lenders = [{ email: 'ben@example.com', contribution_amount: 5000 }];
  const added = await lending.addLenders('L', { lenders }, { idempotencyKey: 'order-17', deadlineMs: 5000 });
  same<typeof added.remaining, number>(true);
  // @ts-expect-error: in the words of the wire
  void lending.addLenders('L', { lenders: [{ email: 'ben@example.com', contributionAmount: 5000 }] });
  // @ts-expect-error: what only reads has no key
  void lending.readLoan('L', { idempotencyKey: 'order-17' });

  const page = await lending.listLenders('L', { status: 'pending' });
  same<typeof page.next_cursor, string | null>(true);
  for await (const lender of lending.listLenders('L')) same<typeof lender, Lender>(true);
  for await (const event of lending.readEvents('L', { after: 'C' })) same<typeof event.type, Event['type']>(true);
  // @ts-expect-error: there is no such status
  void lending.listLenders('L', { status: 'invited' });

  same<ReturnType<typeof lending.exportImportRows>, Call<string>>(true);
  void lending.importLenders('L', new Blob(['email,contribution_amount\n']), { dry_run: 'true' });
  // @ts-expect-error: a stream could not be sent again
  void lending.importLenders('L', new ReadableStream());
}

export function failure(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof LendingError ? `${error.requestId} ${error.attempts}` : '';
  same<typeof error.code, ErrorCode>(true);
  // @ts-expect-error: no code of the contract
  if (error.code === 'NO_SUCH_CODE') return '';
  return error.code === 'CONFLICT' ? error.message : `${error.details[0]?.path} ${error.retryAfter?.toFixed()}`;
}
