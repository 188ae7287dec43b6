import { parseEmail } from './email.ts';
import { DomainError, type FieldError, type FieldErrorCode } from './errors.ts';
import type { ImportId, LenderId, LoanId, RequestId, UserId } from './ids.ts';
import type { Lender } from './lender.ts';
import { type InvitationPeriod, type InvitationRequest, invite, type Loan, type LoanChange } from './loan.ts';
import { add, type MinorUnits, parseAmount } from './money.ts';

export const IMPORT_MODES = ['all_or_nothing', 'per_row'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export const IMPORT_STATUSES = ['running', 'waiting', 'completed', 'failed'] as const;

/** What has become of a row; `would_be_added` in a dry run. */
const FINAL_OUTCOMES = ['added', 'would_be_added', 'already_invited', 'invalid', 'over_funding'] as const;
type FinalOutcome = (typeof FINAL_OUTCOMES)[number];

/** `pending`: it has not had its turn; `not_added`: nor will it, since the import has ended. */
export const ROW_OUTCOMES = [...FINAL_OUTCOMES, 'pending', 'not_added'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** One row of a file. Where it is not settled yet, its address and amount are well-formed. */
export interface ImportRow {
  /** Of the file, from 1, where the row begins. */
  readonly line: number;
  /** Well-formed, as it is compared and shown; else as the file has it. */
  readonly email: string;
  /** In major units, as an amount is sent; else as the file has it. */
  readonly amount: string;
  readonly name?: string;
  readonly outcome?: FinalOutcome;
  /** Why it was not added. */
  readonly error?: Pick<FieldError, 'code' | 'message'>;
}

/** Rows of an import, in the order of the file. */
export interface ImportPart {
  readonly rows: readonly ImportRow[];
}

/** Epoch milliseconds throughout. */
type ImportState =
  | { readonly name: 'running' }
  /** The borrower has sent all invitations of this hour. */
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'completed'; readonly at: number }
  /** It was to be all or nothing, or the loan has ended. */
  | { readonly name: 'failed'; readonly at: number; readonly reason: string };

export type OutcomeCounts = Readonly<Record<FinalOutcome, number>>;

/** A file of lenders on its way into a loan. */
export interface LenderImport {
  readonly importId: ImportId;
  readonly loanId: LoanId;
  readonly borrowerId: UserId;
  readonly mode: ImportMode;
  /** Why in this mode, in a sentence. */
  readonly modeReason: string;
  /** It only finds out what would become of the rows. */
  readonly isDryRun: boolean;
  readonly rowsTotal: number;
  /** How many of them, from the first, are settled. */
  readonly rowsDone: number;
  readonly counts: OutcomeCounts;
  /** The contributions of those who were added, or would be. */
  readonly amountAdded: MinorUnits;
  readonly state: ImportState;
  readonly createdAt: number;
  /** The request that brought the file, and its W3C trace context. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
}

/** How far an import was when it changed the loan. */
export type ImportProgress = Pick<LenderImport, 'importId' | 'rowsTotal' | 'rowsDone'>;

/** Rows of one part: twice what one commit settles, so that a whole file of the largest kind is taken in with one commit. */
export const PART_ROWS = 180;
/** What one commit settles at most: its other items leave room for so many lenders. */
export const ROWS_PER_COMMIT = 90;

export function hasEnded({ state }: LenderImport): boolean {
  return state.name === 'completed' || state.name === 'failed';
}

/** From when somebody is to see to it again, where nobody has; undefined once it has ended. */
export function importDueAt({ state }: LenderImport, takenOverAt: number): number | undefined {
  if (state.name === 'running') return takenOverAt;
  return state.name === 'waiting' ? state.until : undefined;
}

/** Some are known not to be fit before they have their turn. */
export function outcomeOf(job: LenderImport, { outcome }: ImportRow): RowOutcome {
  return outcome ?? (hasEnded(job) ? 'not_added' : 'pending');
}

/** What the next rows of an import are judged by. */
export interface Judging {
  readonly loan: Loan;
  /** The participants who already bear a row's id, whatever became of them. */
  readonly lendersById: ReadonlyMap<LenderId, Lender>;
  readonly lenderIdOf: (email: string) => LenderId;
  readonly term: InvitationPeriod;
  /** How many more may be invited in this hour. */
  readonly budget: number;
}

/** What becomes of rows, and of the loan with them. */
interface Settlement {
  /** As many from the first as have had their turn. */
  readonly rows: readonly ImportRow[];
  /** Undefined where nobody was added. */
  readonly change: LoanChange | undefined;
  /** Whether the next one has to wait for another hour. */
  readonly isAtLimit: boolean;
}

/** Judges row by row, in their order, each by what those before it have left of the loan. */
function settleRows(rows: readonly ImportRow[], judging: Judging): Settlement {
  const standing = new Map(judging.lendersById);
  const settled: ImportRow[] = [];
  let change: LoanChange = { loan: judging.loan, lenders: [], events: [] };
  for (const row of rows) {
    if (row.outcome) {
      settled.push(row);
      continue;
    }
    const { refused, added } = judge(row, change.loan, standing, judging);
    if (added && change.lenders.length >= judging.budget) break;
    for (const lender of added?.lenders ?? []) standing.set(lender.lenderId, lender);
    if (added) change = joined(change, added);
    settled.push(refused ?? { ...row, outcome: 'added' });
  }
  const isAtLimit = settled.length < rows.length;
  return { rows: settled, change: change.lenders.length > 0 ? change : undefined, isAtLimit };
}

/** @returns the change that adds the row's lender, or the row with what keeps it out */
function judge(
  row: ImportRow,
  loan: Loan,
  standing: ReadonlyMap<LenderId, Lender>,
  { lenderIdOf, term }: Judging,
): { readonly added?: LoanChange; readonly refused?: ImportRow } {
  try {
    return { added: invite(loan, standing, [invitationIn(row, lenderIdOf)], term) };
  } catch (refusal) {
    const [problem] = refusal instanceof DomainError ? refusal.details : [];
    if (!problem) throw refusal;
    const { code, message } = problem;
    return { refused: { ...row, outcome: outcomeBy(code), error: { code, message } } };
  }
}

function invitationIn({ email: written, amount: text, name }: ImportRow, lenderIdOf: Judging['lenderIdOf']): InvitationRequest {
  const email = parseEmail(written);
  const amount = parseAmount(text);
  if (!email || !amount) throw new TypeError('a row was let pass that is not well-formed');
  return { path: 'row', lenderId: lenderIdOf(email), email, name: name ?? null, amount };
}

function outcomeBy(code: FieldErrorCode): FinalOutcome {
  if (code === 'DUPLICATE_LENDER') return 'already_invited';
  return code === 'OVER_FUNDING' ? 'over_funding' : 'invalid';
}

function joined(before: LoanChange, { loan, lenders, events }: LoanChange): LoanChange {
  return {
    loan,
    lenders: [...before.lenders, ...lenders],
    events: [...before.events, ...events],
  };
}

/** What an import's next step does: the import after it, what is to be written of its rows, and of the loan. */
export interface ImportStep {
  readonly job: LenderImport;
  readonly rows: readonly ImportRow[];
  readonly change: LoanChange | undefined;
}

/**
 * Settles the next rows of an import that has not ended.
 * @param rows the next ones, at most what one commit settles; all of them in an import of all or nothing
 * @param hourEnd when the borrower may send invitations again
 */
export function planImportStep(job: LenderImport, rows: readonly ImportRow[], judging: Judging, hourEnd: number): ImportStep {
  const { loan } = judging;
  const now = judging.term.invitedAt;
  if (loan.status !== 'open')
    return { job: failed(job, now, `The loan is ${loan.status}: nobody is added any more.`), rows: [], change: undefined };
  if (job.isDryRun) return dryStep(job, rows, judging);
  const settlement = settleRows(rows, judging);
  if (job.mode === 'all_or_nothing') {
    if (settlement.rows.some(({ outcome }) => outcome !== 'added')) return refused(job, settlement, now);
    if (settlement.isAtLimit) return { job: { ...job, state: { name: 'waiting', until: hourEnd } }, rows: [], change: undefined };
  }
  const advanced = counted(job, rows, settlement);
  const state = stateAfter(advanced, settlement.isAtLimit, { now, hourEnd });
  return { job: { ...advanced, state }, rows: settlement.rows, change: settlement.change };
}

/** As it would be, without a limit an hour: of the loan as it stands, less what the rows before would have taken. */
function dryStep(job: LenderImport, rows: readonly ImportRow[], judging: Judging): ImportStep {
  const { loan } = judging;
  const taken = add(loan.totalInvited, job.amountAdded);
  const totalInvited = taken > loan.amount ? loan.amount : taken; // others may have been invited meanwhile
  const settlement = settleRows(rows, { ...judging, loan: { ...loan, totalInvited }, budget: Number.POSITIVE_INFINITY });
  const now = judging.term.invitedAt;
  const would = settlement.rows.map((row): ImportRow => (row.outcome === 'added' ? { ...row, outcome: 'would_be_added' } : row));
  const dry = { ...settlement, rows: would };
  if (job.mode === 'all_or_nothing' && would.some(({ outcome }) => outcome !== 'would_be_added'))
    return { ...refused(job, dry, now), change: undefined };
  const advanced = counted(job, rows, dry);
  return { job: { ...advanced, state: stateAfter(advanced, false, { now, hourEnd: now }) }, rows: would, change: undefined };
}

function stateAfter(job: LenderImport, isAtLimit: boolean, { now, hourEnd }: { now: number; hourEnd: number }): ImportState {
  if (job.rowsDone === job.rowsTotal) return { name: 'completed', at: now };
  return isAtLimit ? { name: 'waiting', until: hourEnd } : { name: 'running' };
}

/** All or nothing, and something is in the way: what it is, is told of each row that has it. */
function refused(job: LenderImport, settlement: Settlement, now: number): ImportStep {
  const kept = settlement.rows.map((row): ImportRow => (row.error ? row : withoutOutcome(row)));
  const bad = kept.filter(({ outcome }) => outcome !== undefined).length;
  const counts = countsOf(kept);
  const reason = `${bad} of ${job.rowsTotal} rows can not be added, and it was to be all or nothing.`;
  return { job: { ...failed(job, now, reason), counts, rowsDone: job.rowsTotal }, rows: kept, change: undefined };
}

function withoutOutcome({ outcome: _, ...row }: ImportRow): ImportRow {
  return row;
}

function failed(job: LenderImport, at: number, reason: string): LenderImport {
  return { ...job, state: { name: 'failed', at, reason } };
}

/** What was known of a row before its turn is counted already. */
function counted(job: LenderImport, before: readonly ImportRow[], { rows, change }: Settlement): LenderImport {
  const more = countsOf(rows.filter((_, position) => before[position]?.outcome === undefined));
  const amountAdded = (change?.lenders ?? []).reduce((sum, { contribution }) => add(sum, contribution), job.amountAdded);
  return { ...job, counts: summed(job.counts, more), rowsDone: job.rowsDone + rows.length, amountAdded };
}

/** What has become of those of which it is known. */
export function countsOf(rows: readonly ImportRow[]): OutcomeCounts {
  const counts = { added: 0, would_be_added: 0, already_invited: 0, invalid: 0, over_funding: 0 };
  for (const { outcome } of rows) if (outcome) counts[outcome] += 1;
  return counts;
}

function summed(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  const counts = { ...a };
  for (const outcome of FINAL_OUTCOMES) counts[outcome] += b[outcome];
  return counts;
}
