/* A reference model of the limits, as simple as possible: no store, no concurrency, amounts in cents. */

export interface ModelLender {
  readonly email: string;
  readonly amount: number;
}

interface Row {
  email: string;
  amount: number;
  status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
  expiresAt: number;
  /** Lenders that are invited together expire together. */
  batch: number;
  round: number;
  /** Whether a user has answered the invitation, in any round. */
  isClaimed: boolean;
}

interface ModelLoan {
  readonly borrower: number;
  readonly amount: number;
  readonly rows: Map<string, Row>;
  status: 'open' | 'funded' | 'cancelled';
  /** Undefined while it is open. */
  endedAt?: number;
  version: number;
}

interface Result {
  readonly status: number;
  readonly codes?: readonly string[];
}

interface Limits {
  readonly now: number;
  readonly invitesPerHour: number;
  readonly invitationMs: number;
  readonly idempotencyMs: number;
}

const HOUR_MS = 3_600_000;

export class Model {
  readonly loans: ModelLoan[] = [];
  now: number;
  readonly #limits: Limits;
  #batches = 0;
  readonly #invitationsByHour = new Map<string, number>();
  readonly #requestsByKey = new Map<string, { readonly request: string; readonly at: number }>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.now = limits.now;
  }

  create(borrower: number, amount: number, lenders: readonly ModelLender[]): Result {
    const loan: ModelLoan = { borrower, amount, rows: new Map(), status: 'open', version: 1 };
    const error = this.#invite(loan, lenders);
    if (error) return error;
    this.loans.push(loan);
    return { status: 201 };
  }

  add(user: number, index: number, lenders: readonly ModelLender[], key: number): Result & { readonly replayed: boolean } {
    const loan = this.loans[index];
    if (!loan) return { status: 404, replayed: false };
    if (loan.borrower !== user) return { status: 403, replayed: false };
    const request = JSON.stringify(lenders);
    const scope = `${user} ${index} ${key}`;
    const first = key > 0 ? this.#requestsByKey.get(scope) : undefined;
    if (first && this.now < first.at + this.#limits.idempotencyMs) {
      return first.request === request ? { status: 200, replayed: true } : { status: 422, replayed: false };
    }
    if (loan.status !== 'open') return { status: 409, replayed: false };
    const error = this.#invite(loan, lenders);
    if (error) return { ...error, replayed: false };
    loan.version += 1;
    if (key > 0) this.#requestsByKey.set(scope, { request, at: this.now });
    return { status: 200, replayed: false };
  }

  change(user: number, index: number, email: string, amount: number): Result {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== user) return { status: 403 };
    const row = loan.rows.get(email);
    if (!row) return { status: 404 };
    if (loan.status !== 'open' || this.#statusOf(loan, row) !== 'pending') return { status: 409 };
    const hasRoom = () => amount <= loan.amount - sumOf(loan, COUNTED.open) + row.amount;
    if (!hasRoom() && !(this.#expire(loan) && hasRoom())) return { status: 400, codes: ['OVER_FUNDING'] };
    if (amount !== row.amount) loan.version += 1;
    row.amount = amount;
    return { status: 200 };
  }

  revoke(user: number, index: number, email: string): Result {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== user) return { status: 403 };
    const row = loan.rows.get(email);
    if (!row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status !== 'pending' && status !== 'revoked') return { status: 409 };
    if (status === 'pending') {
      row.status = 'revoked';
      loan.version += 1;
    }
    return { status: 200 };
  }

  cancel(user: number, index: number): Result {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== user) return { status: 403 };
    if (loan.status === 'funded') return { status: 409 };
    if (loan.status === 'open') {
      loan.version += 1;
      this.#end(loan, 'cancelled');
    }
    return { status: 200 };
  }

  accept(email: string, index: number): Result {
    const loan = this.loans[index];
    const row = loan?.rows.get(email);
    if (!loan || !row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status === 'accepted') return { status: 200 };
    if (loan.status === 'open' && status === 'declined' && !row.isClaimed && row.expiresAt > this.now) {
      const hasRoom = () => row.amount <= loan.amount - sumOf(loan, COUNTED.open);
      if (!hasRoom() && !(this.#expire(loan) && hasRoom())) return { status: 409, codes: ['OVER_FUNDING'] };
    } else if (status !== 'pending') return { status: 409 };
    row.status = 'accepted';
    row.isClaimed = true;
    loan.version += 1;
    if (sumOf(loan, ['accepted']) === loan.amount) this.#end(loan, 'funded');
    return { status: 200 };
  }

  decline(email: string, index: number): Result {
    const loan = this.loans[index];
    const row = loan?.rows.get(email);
    if (!loan || !row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status === 'declined' && (row.isClaimed || loan.status !== 'open')) return { status: 200 };
    if (loan.status !== 'open' || !['pending', 'accepted', 'declined'].includes(status)) return { status: 409 };
    row.status = 'declined';
    row.isClaimed = true;
    loan.version += 1;
    return { status: 200 };
  }

  /** By the link of a mail, without a user. */
  declineByLink(email: string, index: number): Result {
    const loan = this.loans[index];
    const row = loan?.rows.get(email);
    if (!loan || !row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status === 'declined') return { status: 200 };
    if (status !== 'pending' || row.isClaimed) return { status: 409 };
    row.status = 'declined';
    loan.version += 1;
    return { status: 200 };
  }

  /** @returns 0 for an address that was never invited */
  roundOf(email: string, index: number): number {
    return this.loans[index]?.rows.get(email)?.round ?? 0;
  }

  close(user: number, index: number): Result {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== user) return { status: 403 };
    if (loan.status === 'funded') return { status: 200 };
    if (loan.status === 'cancelled' || sumOf(loan, ['accepted']) === 0) return { status: 409 };
    loan.version += 1;
    this.#end(loan, 'funded');
    return { status: 200 };
  }

  /** Writes expiries in all loans. */
  sweep(): void {
    for (const loan of this.loans) this.#expire(loan);
  }

  totals(index: number) {
    const loan = this.#loan(index);
    const counted = COUNTED[loan.status];
    const invited = sumOf(loan, counted);
    return {
      total_invited: invited / 100,
      total_accepted: loan.status === 'cancelled' ? 0 : sumOf(loan, ['accepted']) / 100,
      remaining: (loan.amount - invited) / 100,
      lender_count: [...loan.rows.values()].filter(({ status }) => counted.includes(status)).length,
      status: loan.status,
      version: loan.version,
    };
  }

  rows(index: number): string[] {
    const loan = this.#loan(index);
    return [...loan.rows.values()].map((row) => `${row.email} ${row.amount / 100} ${this.#statusOf(loan, row)}`);
  }

  /** Writes expiries and frees their amounts. @returns whether there were any */
  #expire(loan: ModelLoan): boolean {
    if (loan.status !== 'open') return false;
    const expired = [...loan.rows.values()].filter((row) => row.status === 'pending' && this.#statusOf(loan, row) === 'expired');
    loan.version += new Set(expired.map(({ batch }) => batch)).size;
    for (const row of expired) row.status = 'expired';
    return expired.length > 0;
  }

  /** Invites all or returns the error. Over-funding first writes expiries, even if that does not free enough. */
  #invite(loan: ModelLoan, lenders: readonly ModelLender[]): Result | undefined {
    const codes = this.#problems(loan, lenders);
    if (codes.includes('OVER_FUNDING') && this.#expire(loan)) return this.#invite(loan, lenders);
    if (codes.length > 0) return { status: 400, codes };
    const hour = `${loan.borrower} ${Math.floor(this.now / HOUR_MS)}`;
    const sent = (this.#invitationsByHour.get(hour) ?? 0) + lenders.length;
    if (sent > this.#limits.invitesPerHour && lenders.length > 0) return { status: 429 };
    this.#invitationsByHour.set(hour, sent);
    this.#batches += 1;
    const invited = { status: 'pending', expiresAt: this.now + this.#limits.invitationMs, batch: this.#batches } as const;
    for (const { email, amount } of lenders) {
      const { round = 0, isClaimed = false } = loan.rows.get(email) ?? {};
      loan.rows.set(email, { email, amount, ...invited, round: round + 1, isClaimed });
    }
    return undefined;
  }

  #problems(loan: ModelLoan, lenders: readonly ModelLender[]): string[] {
    const codes: string[] = [];
    let room = loan.amount - sumOf(loan, COUNTED.open);
    for (const { email } of lenders) {
      const row = loan.rows.get(email);
      if (!row) continue;
      if (['pending', 'accepted'].includes(this.#statusOf(loan, row))) codes.push('DUPLICATE_LENDER');
      else if (row.status === 'pending') room += row.amount; // expired, but not written yet
    }
    if (lenders.reduce((sum, { amount }) => sum + amount, 0) > room) codes.push('OVER_FUNDING');
    return codes;
  }

  #statusOf(loan: ModelLoan, row: Row): Row['status'] {
    if (row.status === 'accepted' && loan.status === 'cancelled') return 'revoked';
    if (row.status !== 'pending') return row.status;
    const { endedAt } = loan;
    if (row.expiresAt <= (endedAt ?? this.now)) return 'expired';
    return endedAt === undefined ? 'pending' : 'revoked';
  }

  #end(loan: ModelLoan, status: 'funded' | 'cancelled'): void {
    loan.status = status;
    loan.endedAt = this.now;
  }

  #loan(index: number): ModelLoan {
    const loan = this.loans[index];
    if (!loan) throw new RangeError(`there is no loan ${index}`);
    return loan;
  }
}

/** Statuses that count as invited. Expired rows count until their expiry is written. */
const COUNTED: Readonly<Record<ModelLoan['status'], readonly Row['status'][]>> = {
  open: ['pending', 'accepted'],
  funded: ['accepted'],
  cancelled: [],
};

function sumOf(loan: ModelLoan, statuses: readonly Row['status'][]): number {
  return [...loan.rows.values()].filter(({ status }) => statuses.includes(status)).reduce((sum, { amount }) => sum + amount, 0);
}
