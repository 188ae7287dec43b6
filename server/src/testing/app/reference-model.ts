/** The rules of Private Lending once more, as plainly as they can be told: no versions, no store, no concurrency. */

export interface ModelLender {
  readonly email: string;
  /** Minor units. */
  readonly amount: number;
}

interface Row {
  email: string;
  amount: number;
  status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
  expiresAt: number;
  /** Who were invited together expire together. */
  batch: number;
}

interface ModelLoan {
  readonly borrower: number;
  readonly amount: number;
  readonly rows: Map<string, Row>;
  status: 'open' | 'funded' | 'cancelled';
  version: number;
}

interface Told {
  readonly status: number;
  readonly codes?: readonly string[];
}

interface Rules {
  readonly now: number;
  readonly invitesPerHour: number;
  readonly invitationMs: number;
  readonly idempotencyMs: number;
}

const HOUR_MS = 3_600_000;

export class Model {
  readonly loans: ModelLoan[] = [];
  now: number;
  readonly #rules: Rules;
  #batches = 0;
  readonly #sent = new Map<string, number>();
  readonly #answers = new Map<string, { readonly request: string; readonly at: number }>();

  constructor(rules: Rules) {
    this.#rules = rules;
    this.now = rules.now;
  }

  create(borrower: number, amount: number, lenders: readonly ModelLender[]): Told {
    const loan: ModelLoan = { borrower, amount, rows: new Map(), status: 'open', version: 1 };
    const refusal = this.#invite(loan, lenders);
    if (refusal) return refusal;
    this.loans.push(loan);
    return { status: 201 };
  }

  add(who: number, index: number, lenders: readonly ModelLender[], key: number): Told & { readonly replayed: boolean } {
    const loan = this.loans[index];
    if (!loan) return { status: 404, replayed: false };
    if (loan.borrower !== who) return { status: 403, replayed: false };
    const request = JSON.stringify(lenders);
    const place = `${who} ${index} ${key}`;
    const first = key > 0 ? this.#answers.get(place) : undefined;
    if (first && this.now < first.at + this.#rules.idempotencyMs) {
      return first.request === request ? { status: 200, replayed: true } : { status: 422, replayed: false };
    }
    if (loan.status !== 'open') return { status: 409, replayed: false };
    const refusal = this.#invite(loan, lenders);
    if (refusal) return { ...refusal, replayed: false };
    loan.version += 1;
    if (key > 0) this.#answers.set(place, { request, at: this.now });
    return { status: 200, replayed: false };
  }

  change(who: number, index: number, email: string, amount: number): Told {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== who) return { status: 403 };
    const row = loan.rows.get(email);
    if (!row) return { status: 404 };
    if (loan.status !== 'open' || this.#statusOf(loan, row) !== 'pending') return { status: 409 };
    const hasRoom = () => amount <= loan.amount - sumOf(loan, COUNTED.open) + row.amount;
    if (!hasRoom() && !(this.#expire(loan) && hasRoom())) return { status: 400, codes: ['OVER_FUNDING'] };
    if (amount !== row.amount) loan.version += 1;
    row.amount = amount;
    return { status: 200 };
  }

  revoke(who: number, index: number, email: string): Told {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== who) return { status: 403 };
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

  cancel(who: number, index: number): Told {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== who) return { status: 403 };
    if (loan.status === 'funded') return { status: 409 };
    if (loan.status === 'open') loan.version += 1;
    loan.status = 'cancelled';
    return { status: 200 };
  }

  accept(email: string, index: number): Told {
    const loan = this.loans[index];
    const row = loan?.rows.get(email);
    if (!loan || !row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status === 'accepted') return { status: 200 };
    if (status !== 'pending') return { status: 409 };
    row.status = 'accepted';
    loan.version += 1;
    if (sumOf(loan, ['accepted']) === loan.amount) loan.status = 'funded';
    return { status: 200 };
  }

  decline(email: string, index: number): Told {
    const loan = this.loans[index];
    const row = loan?.rows.get(email);
    if (!loan || !row) return { status: 404 };
    const status = this.#statusOf(loan, row);
    if (status === 'declined') return { status: 200 };
    if (loan.status !== 'open' || !['pending', 'accepted'].includes(status)) return { status: 409 };
    row.status = 'declined';
    loan.version += 1;
    return { status: 200 };
  }

  close(who: number, index: number): Told {
    const loan = this.loans[index];
    if (!loan) return { status: 404 };
    if (loan.borrower !== who) return { status: 403 };
    if (loan.status === 'funded') return { status: 200 };
    if (loan.status === 'cancelled' || sumOf(loan, ['accepted']) === 0) return { status: 409 };
    loan.version += 1;
    loan.status = 'funded';
    return { status: 200 };
  }

  /** Time is told to have passed, in every loan. */
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

  /** Has the invitations that are over free their amounts. @returns whether there were any */
  #expire(loan: ModelLoan): boolean {
    const over = [...loan.rows.values()].filter((row) => row.status === 'pending' && this.#statusOf(loan, row) === 'expired');
    loan.version += new Set(over.map(({ batch }) => batch)).size;
    for (const row of over) row.status = 'expired';
    return over.length > 0;
  }

  /** Invites all, or tells why not; then nothing changes but that room is made of what is over, where it would be needed. */
  #invite(loan: ModelLoan, lenders: readonly ModelLender[]): Told | undefined {
    const codes = this.#problems(loan, lenders);
    if (codes.includes('OVER_FUNDING') && this.#expire(loan)) return this.#invite(loan, lenders);
    if (codes.length > 0) return { status: 400, codes };
    const hour = `${loan.borrower} ${Math.floor(this.now / HOUR_MS)}`;
    const sent = (this.#sent.get(hour) ?? 0) + lenders.length;
    if (sent > this.#rules.invitesPerHour && lenders.length > 0) return { status: 429 };
    this.#sent.set(hour, sent);
    this.#batches += 1;
    const invited = { status: 'pending', expiresAt: this.now + this.#rules.invitationMs, batch: this.#batches } as const;
    for (const { email, amount } of lenders) loan.rows.set(email, { email, amount, ...invited });
    return undefined;
  }

  #problems(loan: ModelLoan, lenders: readonly ModelLender[]): string[] {
    const codes: string[] = [];
    let room = loan.amount - sumOf(loan, COUNTED.open);
    for (const { email } of lenders) {
      const row = loan.rows.get(email);
      if (!row) continue;
      if (['pending', 'accepted'].includes(this.#statusOf(loan, row))) codes.push('DUPLICATE_LENDER');
      else if (row.status === 'pending') room += row.amount; // it has expired, and nobody has written so yet
    }
    if (lenders.reduce((sum, { amount }) => sum + amount, 0) > room) codes.push('OVER_FUNDING');
    return codes;
  }

  #statusOf(loan: ModelLoan, row: Row): Row['status'] {
    if (row.status === 'accepted' && loan.status === 'cancelled') return 'revoked';
    if (row.status !== 'pending') return row.status;
    if (loan.status !== 'open') return 'revoked';
    return row.expiresAt <= this.now ? 'expired' : 'pending';
  }

  #loan(index: number): ModelLoan {
    const loan = this.loans[index];
    if (!loan) throw new RangeError(`there is no loan ${index}`);
    return loan;
  }
}

/** What is counted as invited: an expired row keeps its amount until it is written that it has ended. */
const COUNTED: Readonly<Record<ModelLoan['status'], readonly Row['status'][]>> = {
  open: ['pending', 'accepted'],
  funded: ['accepted'],
  cancelled: [],
};

function sumOf(loan: ModelLoan, statuses: readonly Row['status'][]): number {
  return [...loan.rows.values()].filter(({ status }) => statuses.includes(status)).reduce((sum, { amount }) => sum + amount, 0);
}
