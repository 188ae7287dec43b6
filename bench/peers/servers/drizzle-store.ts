import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool, type PoolConfig } from 'pg';
import { idempotency, lenders, loans, usage } from './drizzle-schema.ts';
import { uuidV7 } from './ids.ts';
import {
  type Context,
  dayOf,
  hourOf,
  type Limits,
  type Loan,
  type LoanStore,
  notFound,
  replayOf,
  requireBorrower,
  requireWithinLimit,
  type Stored,
} from './loan-store.ts';
import { type AddPlan, type Lender, planAdd } from './plan-add.ts';
import { presentNewLoan } from './present-loan.ts';
import { Problem } from './problem.ts';
import type { LenderInput } from './requests.ts';

/* The same by an ORM, as its documentation shows: a statement for each step, in one transaction. */

type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

export class DrizzleStore implements LoanStore {
  readonly #pool: Pool;
  readonly #database: NodePgDatabase;
  readonly #limits: Limits;

  constructor(database: PoolConfig, limits: Limits) {
    this.#pool = new Pool(database);
    this.#database = drizzle({ client: this.#pool });
    this.#limits = limits;
  }

  addLenders(loanId: string, inputs: readonly LenderInput[], context: Context): Promise<Stored> {
    const now = new Date();
    return this.#database.transaction(async (transaction) => {
      const loan = await lockLoan(transaction, loanId, context);
      const replay = await findReplay(transaction, scopeOf(loanId), context);
      if (replay) return replay;
      const emails = inputs.map(({ email }) => email);
      const existing = await transaction
        .select()
        .from(lenders)
        .where(and(eq(lenders.loanId, loanId), inArray(lenders.email, emails)));
      const plan = await planWithExpiry(transaction, loan, now, (current) => planAdd(current, existing, inputs, now));
      await writeLenders(transaction, loanId, plan.lenders);
      const { totalInvited, lenderCount, body } = plan;
      const version = sql`${loans.version} + 1`;
      await transaction.update(loans).set({ totalInvited, lenderCount, version }).where(eq(loans.loanId, loanId));
      await this.#count(transaction, { what: 'invitations', count: plan.lenders.length, now, context });
      await writeKey(transaction, { scope: scopeOf(loanId), status: 200, body, now, context });
      return { status: 200, body };
    });
  }

  createLoan(input: Parameters<LoanStore['createLoan']>[0], context: Context): Promise<Stored> {
    const now = new Date();
    const loanId = uuidV7();
    const body = presentNewLoan(loanId, input, now);
    return this.#database.transaction(async (transaction) => {
      const isNew = await writeKey(transaction, { scope: 'loans', status: 201, body, now, context });
      if (!isNew) return (await findReplay(transaction, 'loans', context)) ?? transaction.rollback();
      const { userId: borrowerId, email: borrowerEmail } = context.caller;
      await transaction.insert(loans).values({ ...input, loanId, borrowerId, borrowerEmail, createdAt: now });
      await this.#count(transaction, { what: 'loans', count: 1, now, context });
      return { status: 201, body };
    });
  }

  revoke(loanId: string, lenderId: string, context: Context): ReturnType<LoanStore['revoke']> {
    return this.#database.transaction(async (transaction) => {
      const loan = await lockLoan(transaction, loanId, context);
      const [lender] = await transaction
        .select()
        .from(lenders)
        .where(and(eq(lenders.loanId, loanId), eq(lenders.lenderId, lenderId)));
      if (!lender) throw notFound();
      if (lender.status === 'revoked') return { loan, lender };
      if (lender.status !== 'pending') throw new Problem(409, `This invitation is ${lender.status}.`);
      await transaction.update(lenders).set({ status: 'revoked' }).where(eq(lenders.lenderId, lenderId));
      const [changed] = await transaction
        .update(loans)
        .set({
          totalInvited: loan.totalInvited - lender.contribution,
          lenderCount: loan.lenderCount - 1,
          version: loan.version + 1,
        })
        .where(eq(loans.loanId, loanId))
        .returning();
      return { loan: changed ?? loan, lender: { ...lender, status: 'revoked' } };
    });
  }

  async readLoan(loanId: string): Promise<Loan | undefined> {
    const [loan] = await this.#database.select().from(loans).where(eq(loans.loanId, loanId));
    return loan;
  }

  listLenders(loanId: string, limit: number): Promise<Lender[]> {
    return this.#database.select().from(lenders).where(eq(lenders.loanId, loanId)).orderBy(asc(lenders.email)).limit(limit);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #count(transaction: Transaction, { what, count, now, context }: Counted): Promise<void> {
    const isHourly = what === 'invitations';
    const period = isHourly ? hourOf(now) : dayOf(now);
    const max = isHourly ? this.#limits.invitesPerHour : this.#limits.loansPerDay;
    const used = sql`${count} + CASE WHEN ${usage.period} = ${period} THEN ${usage.used} ELSE 0 END`;
    const counted = await transaction
      .insert(usage)
      .values({ userId: context.caller.userId, what, period, used: count })
      .onConflictDoUpdate({ target: [usage.userId, usage.what], set: { period, used } })
      .returning({ used: usage.used });
    const isAllowed = counted.every((row) => row.used <= max);
    requireWithinLimit(isAllowed, `${max} ${what} ${isHourly ? 'an hour' : 'a day'}`, max, now);
  }
}

interface Counted {
  readonly what: 'invitations' | 'loans';
  readonly count: number;
  readonly now: Date;
  readonly context: Context;
}

interface KeyToWrite {
  readonly scope: string;
  readonly status: number;
  readonly body: string;
  readonly now: Date;
  readonly context: Context;
}

async function lockLoan(transaction: Transaction, loanId: string, { caller }: Context): Promise<Loan> {
  const [loan] = await transaction.select().from(loans).where(eq(loans.loanId, loanId)).for('no key update');
  requireBorrower(loan, caller);
  if (!loan) throw notFound();
  return loan;
}

async function findReplay(transaction: Transaction, scope: string, { caller, key }: Context): Promise<Stored | undefined> {
  if (!key) return undefined;
  const [stored] = await transaction
    .select()
    .from(idempotency)
    .where(and(eq(idempotency.userId, caller.userId), eq(idempotency.scope, scope), eq(idempotency.key, key.key)));
  return replayOf(stored, key);
}

/** @returns false if the key was used */
async function writeKey(transaction: Transaction, { scope, status, body, now, context }: KeyToWrite): Promise<boolean> {
  const { caller, key, requestId } = context;
  if (!key) return true;
  const written = await transaction
    .insert(idempotency)
    .values({ userId: caller.userId, scope, ...key, status, body, requestId, createdAt: now })
    .onConflictDoNothing()
    .returning({ key: idempotency.key });
  return written.length > 0;
}

function writeLenders(transaction: Transaction, loanId: string, added: readonly Lender[]) {
  return transaction
    .insert(lenders)
    .values(added.map((lender) => ({ ...lender, loanId })))
    .onConflictDoUpdate({
      target: [lenders.loanId, lenders.email],
      set: {
        name: sql`excluded.name`,
        contribution: sql`excluded.contribution`,
        status: sql`excluded.status`,
        round: sql`excluded.round`,
        invitedAt: sql`excluded.invited_at`,
        expiresAt: sql`excluded.expires_at`,
      },
    });
}

/** Where there is no room, expired invitations make some. */
async function planWithExpiry(transaction: Transaction, loan: Loan, now: Date, plan: (loan: Loan) => AddPlan): Promise<AddPlan> {
  try {
    return plan(loan);
  } catch (thrown) {
    if (!(thrown instanceof Problem && thrown.isOverFunding)) throw thrown;
    const expired = await transaction
      .update(lenders)
      .set({ status: 'expired' })
      .where(and(eq(lenders.loanId, loan.loanId), eq(lenders.status, 'pending'), lte(lenders.expiresAt, now)))
      .returning({ contribution: lenders.contribution });
    if (expired.length === 0) throw thrown;
    const freed = expired.reduce((sum, { contribution }) => sum + contribution, 0);
    const room = { totalInvited: loan.totalInvited - freed, lenderCount: loan.lenderCount - expired.length };
    return plan({ ...loan, ...room });
  }
}

const scopeOf = (loanId: string) => `lenders/${loanId}`;
