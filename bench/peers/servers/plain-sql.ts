import { Pool, type PoolClient, type PoolConfig, types } from 'pg';
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
  type StoredKey,
} from './loan-store.ts';
import { type AddPlan, type Lender, planAdd } from './plan-add.ts';
import { presentNewLoan } from './present-loan.ts';
import { Problem } from './problem.ts';
import type { LenderInput } from './requests.ts';

/*
 * PostgreSQL by hand: prepared statements, the loan's row locked, all writes of a request in one statement. Adding lenders takes
 * five round trips, BEGIN and COMMIT included.
 */

types.setTypeParser(types.builtins.INT8, Number);

const LOAN = `loan_id AS "loanId", borrower_id AS "borrowerId", amount, currency, decimals, interest_rate AS "interestRate",
  term_months AS "termMonths", purpose, total_invited AS "totalInvited", total_accepted AS "totalAccepted",
  lender_count AS "lenderCount", status, version, created_at AS "createdAt"`;
const LENDER = `l.lender_id AS "lenderId", l.email, l.name, l.contribution, l.status, l.round,
  l.invited_at AS "invitedAt", l.expires_at AS "expiresAt"`;

/** What a limit has used, or no row if it does not allow it. Parameters: user, period, count, maximum, from `$first`. */
const countUsage = (what: string, first: number) => `
  INSERT INTO usage (user_id, what, period, used) SELECT $${first}, '${what}', $${first + 1}, $${first + 2}
    WHERE $${first + 2}::int <= $${first + 3}
  ON CONFLICT (user_id, what) DO UPDATE SET period = excluded.period,
    used = excluded.used + CASE WHEN usage.period = excluded.period THEN usage.used ELSE 0 END
    WHERE excluded.used + CASE WHEN usage.period = excluded.period THEN usage.used ELSE 0 END <= $${first + 3}
  RETURNING used`;

const STATEMENTS = {
  lock: `SELECT loan_id AS "loanId", borrower_id AS "borrowerId", amount, currency, decimals, total_invited AS "totalInvited",
      lender_count AS "lenderCount", status
    FROM loans WHERE loan_id = $1 FOR NO KEY UPDATE`,
  // At least one row; those without a lender have a null id.
  readForAdd: `SELECT i.fingerprint, i.status AS "keyStatus", i.body, i.request_id AS "requestId", ${LENDER}
    FROM (SELECT 1) one
    LEFT JOIN idempotency i ON i.user_id = $1 AND i.scope = $2 AND i.key = $3
    LEFT JOIN lenders l ON l.loan_id = $4 AND l.email = ANY ($5::text[])`,
  writeAdd: `WITH
    loan AS (UPDATE loans SET total_invited = $2, lender_count = $3, version = version + 1 WHERE loan_id = $1),
    added AS (
      INSERT INTO lenders (lender_id, loan_id, email, name, contribution, round, status, invited_at, expires_at)
      SELECT new.id, $1, new.email, new.name, new.contribution, new.round, 'pending', $9, $10
      FROM unnest($4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::int[]) AS new (id, email, name, contribution, round)
      ON CONFLICT (loan_id, email) DO UPDATE SET name = excluded.name, contribution = excluded.contribution,
        round = excluded.round, status = excluded.status, invited_at = excluded.invited_at, expires_at = excluded.expires_at),
    key AS (
      INSERT INTO idempotency (user_id, scope, key, fingerprint, status, body, request_id, created_at)
      SELECT $11, $12, $13, $14, 200, $15, $16, $9 WHERE $13::text IS NOT NULL),
    counted AS (${countUsage('invitations', 17)})
    SELECT used FROM counted`,
  expire: `WITH expired AS (
      UPDATE lenders SET status = 'expired' WHERE loan_id = $1 AND status = 'pending' AND expires_at <= $2
      RETURNING contribution),
    freed AS (SELECT coalesce(sum(contribution), 0)::bigint AS amount, count(*)::int AS count FROM expired)
    UPDATE loans SET total_invited = total_invited - freed.amount, lender_count = lender_count - freed.count
    FROM freed WHERE loan_id = $1 AND freed.count > 0
    RETURNING total_invited AS "totalInvited", lender_count AS "lenderCount"`,
  readKey: `SELECT fingerprint, status, body, request_id AS "requestId" FROM idempotency
    WHERE user_id = $1 AND scope = $2 AND key = $3`,
  writeLoan: `WITH
    key AS (
      INSERT INTO idempotency (user_id, scope, key, fingerprint, status, body, request_id, created_at)
      SELECT $1, 'loans', $2, $3, 201, $4, $5, $6 WHERE $2::text IS NOT NULL
      ON CONFLICT DO NOTHING RETURNING key),
    new AS (SELECT 1 WHERE $2::text IS NULL OR EXISTS (SELECT FROM key)),
    loan AS (
      INSERT INTO loans (loan_id, borrower_id, borrower_email, amount, currency, decimals, interest_rate, term_months, purpose,
        created_at)
      SELECT $7, $1, $8, $9::bigint, $10, $11::smallint, $12::int, $13::smallint, $14, $6 FROM new),
    counted AS (${countUsage('loans', 15)})
    SELECT EXISTS (SELECT FROM new) AS "isNew", EXISTS (SELECT FROM counted) AS "isCounted"`,
  revoke: `WITH revoked AS (
      UPDATE lenders SET status = 'revoked' WHERE loan_id = $1 AND lender_id = $2 AND status = 'pending' RETURNING contribution)
    UPDATE loans SET total_invited = total_invited - contribution, lender_count = lender_count - 1, version = version + 1
    FROM revoked WHERE loan_id = $1`,
  readLender: `SELECT ${LENDER} FROM lenders l WHERE loan_id = $1 AND lender_id = $2`,
  readLoan: `SELECT ${LOAN} FROM loans WHERE loan_id = $1`,
  listLenders: `SELECT ${LENDER} FROM lenders l WHERE loan_id = $1 ORDER BY email LIMIT $2`,
} as const;

type Values = readonly (string | number | Date | null | readonly (string | number | null)[])[];
type LockedLoan = Omit<Loan, 'interestRate' | 'termMonths' | 'purpose' | 'totalAccepted' | 'version' | 'createdAt'>;
type ReadForAdd = Lender & { fingerprint: string | null; keyStatus: number; body: string; requestId: string };

export class PlainSqlStore implements LoanStore {
  readonly #pool: Pool;
  readonly #limits: Limits;

  constructor(database: PoolConfig, limits: Limits) {
    this.#pool = new Pool(database);
    this.#limits = limits;
  }

  addLenders(loanId: string, inputs: readonly LenderInput[], context: Context): Promise<Stored> {
    const now = new Date();
    return this.#transaction(async (client) => {
      const loan = await lockLoan(client, loanId, context);
      const { stored, existing } = await readForAdd(client, loanId, inputs, context);
      const replay = replayOf(stored, context.key);
      if (replay) return replay;
      const plan = await planWithExpiry(client, loan, now, (current) => planAdd(current, existing, inputs, now));
      await this.#writeAdd(client, { loanId, plan, now, context });
      return { status: 200, body: plan.body };
    });
  }

  async #writeAdd(client: PoolClient, { loanId, plan, now, context }: AddToWrite): Promise<void> {
    const { lenders, totalInvited, lenderCount, body } = plan;
    const { caller, key, requestId } = context;
    const max = this.#limits.invitesPerHour;
    const { rows } = await run(client, 'writeAdd', [
      ...[loanId, totalInvited, lenderCount],
      lenders.map(({ lenderId }) => lenderId),
      lenders.map(({ email }) => email),
      lenders.map(({ name }) => name),
      lenders.map(({ contribution }) => contribution),
      lenders.map(({ round }) => round),
      ...[now, lenders[0]?.expiresAt ?? now],
      ...[caller.userId, scopeOf(loanId), key?.key ?? null, key?.fingerprint ?? null, body, requestId],
      ...[caller.userId, hourOf(now), lenders.length, max],
    ]);
    requireWithinLimit(rows.length > 0, `${max} invitations an hour`, max, now);
  }

  createLoan(input: Parameters<LoanStore['createLoan']>[0], { caller, key, requestId }: Context): Promise<Stored> {
    const now = new Date();
    const loanId = uuidV7();
    const body = presentNewLoan(loanId, input, now);
    const max = this.#limits.loansPerDay;
    return this.#transaction(async (client) => {
      const { rows } = await run<{ isNew: boolean; isCounted: boolean }>(client, 'writeLoan', [
        ...[caller.userId, key?.key ?? null, key?.fingerprint ?? null, body, requestId, now, loanId, caller.email],
        ...[input.amount, input.currency, input.decimals, input.interestRate, input.termMonths, input.purpose],
        ...[caller.userId, dayOf(now), 1, max],
      ]);
      if (!rows[0]?.isNew) throw new Replay('loans');
      requireWithinLimit(rows[0].isCounted, `${max} loans a day`, max, now);
      return { status: 201, body };
    }).catch(async (thrown) => {
      if (!(thrown instanceof Replay) || !key) throw thrown;
      const found = await this.#pool.query<StoredKey>(prepared('readKey', [caller.userId, thrown.scope, key.key]));
      const replay = replayOf(found.rows[0], key);
      if (!replay) throw thrown;
      return replay;
    });
  }

  revoke(loanId: string, lenderId: string, context: Context): ReturnType<LoanStore['revoke']> {
    return this.#transaction(async (client) => {
      await lockLoan(client, loanId, context);
      await run(client, 'revoke', [loanId, lenderId]);
      const lenders = await run<Lender>(client, 'readLender', [loanId, lenderId]);
      const loans = await run<Loan>(client, 'readLoan', [loanId]);
      const [lender, loan] = [lenders.rows[0], loans.rows[0]];
      if (!lender || !loan) throw notFound();
      if (lender.status !== 'revoked') throw new Problem(409, `This invitation is ${lender.status}.`);
      return { loan, lender };
    });
  }

  async readLoan(loanId: string): Promise<Loan | undefined> {
    const { rows } = await this.#pool.query<Loan>(prepared('readLoan', [loanId]));
    return rows[0];
  }

  async listLenders(loanId: string, limit: number): Promise<Lender[]> {
    const { rows } = await this.#pool.query<Lender>(prepared('listLenders', [loanId, limit]));
    return rows;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #transaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    try {
      client.query('BEGIN').catch(() => {}); // queued; the next statement fails too
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (thrown) {
      await client.query('ROLLBACK');
      throw thrown;
    } finally {
      client.release();
    }
  }
}

interface AddToWrite {
  readonly loanId: string;
  readonly plan: AddPlan;
  readonly now: Date;
  readonly context: Context;
}

/** The key was used: the transaction is rolled back, and the first response is read. */
class Replay extends Error {
  readonly scope: string;

  constructor(scope: string) {
    super('replay');
    this.name = 'Replay';
    this.scope = scope;
  }
}

async function lockLoan(client: PoolClient, loanId: string, { caller }: Context): Promise<LockedLoan> {
  const { rows } = await run<LockedLoan>(client, 'lock', [loanId]);
  const [loan] = rows;
  requireBorrower(loan, caller);
  if (!loan) throw notFound();
  return loan;
}

async function readForAdd(client: PoolClient, loanId: string, inputs: readonly LenderInput[], { caller, key }: Context) {
  const emails = inputs.map(({ email }) => email);
  const { rows } = await run<ReadForAdd>(client, 'readForAdd', [
    ...[caller.userId, scopeOf(loanId), key?.key ?? null, loanId],
    emails,
  ]);
  const [first] = rows;
  const stored = first && { fingerprint: first.fingerprint, status: first.keyStatus, body: first.body, requestId: first.requestId };
  return { stored, existing: rows.filter(({ lenderId }) => lenderId !== null) };
}

/** Where there is no room, expired invitations make some. */
async function planWithExpiry(client: PoolClient, loan: LockedLoan, now: Date, plan: (loan: LockedLoan) => AddPlan) {
  try {
    return plan(loan);
  } catch (thrown) {
    if (!(thrown instanceof Problem && thrown.isOverFunding)) throw thrown;
    const { rows } = await run<Pick<LockedLoan, 'totalInvited' | 'lenderCount'>>(client, 'expire', [loan.loanId, now]);
    if (!rows[0]) throw thrown;
    return plan({ ...loan, ...rows[0] });
  }
}

const scopeOf = (loanId: string) => `lenders/${loanId}`;

function prepared(name: keyof typeof STATEMENTS, values: Values) {
  return { name, text: STATEMENTS[name], values: [...values] };
}

function run<Row extends object>(client: PoolClient, name: keyof typeof STATEMENTS, values: Values) {
  return client.query<Row>(prepared(name, values));
}
