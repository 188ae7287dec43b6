import { DomainError } from '../../domain/errors.ts';
import type { ImportId } from '../../domain/ids.ts';
import { planImportStep } from '../../domain/imports/import-step.ts';
import {
  hasEnded,
  type ImportPart,
  type ImportRow,
  type LenderImport,
  PART_ROWS,
  ROWS_PER_COMMIT,
  resumesAt,
} from '../../domain/imports/lender-import.ts';
import { retryOrFail } from '../../domain/imports/step-failure.ts';
import { mayHaveExpired } from '../../domain/invitation.ts';
import { NO_PERIOD, periodAt, periodEndAfter, type UsageCounter, usedIn } from '../../domain/usage-counter.ts';
import { changeWrites, importWrite } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { CoreServices, Rules } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { isDueAt } from '../../storage/due-items.ts';
import { importKey, importPartKey, invitationCounterKey, lenderKey, loanKey, openImportCounterKey } from '../../storage/keys.ts';
import { type Item, type Key, type Put, StoreError } from '../../storage/store.ts';
import { BATCHES_PER_CALL, expireInvitations } from '../invitations/expire-invitations.ts';
import { existingLenders } from '../lenders/invitation-request.ts';

/** Imports wait for at most an hour, after errors too. One that waits for longer began to while the clock was ahead. */
export const IMPORT_AHEAD_MS_MAX = 2 * 3_600_000;

export interface ImportServices extends CoreServices {
  readonly rules: Pick<Rules, 'invitesPerHour' | 'invitationMs'>;
}

export interface ImportStepResult {
  readonly job: LenderImport;
  readonly lendersAdded: number;
  /** An unexpected error: the step will be retried, or the import has failed. */
  readonly error?: unknown;
}

/**
 * Runs the next step of an import: processes some of its rows, in one commit that also records the progress. So workers
 * may stop at any time, and several may work on one import: each row is processed once. A step before may free the amounts of
 * expired invitations instead. An unexpected error is counted in the import, which is retried later or fails.
 * @returns undefined where no step is due
 * @throws StoreError; DomainError `SERVICE_UNAVAILABLE` where other writers kept colliding
 */
export async function runImportStep(services: ImportServices, importId: ImportId): Promise<ImportStepResult | undefined> {
  const [item] = await services.store.get([importKey(importId)]);
  if (!item || !isDue(item.data, services.clock())) return undefined;
  try {
    return await processRows(services, item);
  } catch (error) {
    if (isOfStore(error)) throw error;
    return recordFailure(services, item, error);
  }
}

/** Whether the store or other writers caused an error, so that it does not count as one of the import. */
function isOfStore(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof DomainError && error.code === 'SERVICE_UNAVAILABLE');
}

async function processRows(services: ImportServices, item: Item<LenderImport>): Promise<ImportStepResult | undefined> {
  const { store, mutex } = services;
  const { importId, loanId, borrowerId, rowsDone } = item.data;
  const [part] = await store.get([importPartKey(importId, Math.floor(rowsDone / PART_ROWS))]);
  if (!part) throw new TypeError('an import lacks the part with its next rows');
  const partitions = [loanKey(loanId), invitationCounterKey(borrowerId)].map(({ partition }) => partition);
  return mutex.runExclusive(partitions, async (deadline) => {
    if (await freesExpired(services, item.data, deadline)) return { job: item.data, lendersAdded: 0 };
    return commitStep(services, item, part, deadline);
  });
}

function isDue(job: LenderImport, now: number): boolean {
  const at = resumesAt(job);
  return !hasEnded(job) && (at === undefined || isDueAt(at, now, IMPORT_AHEAD_MS_MAX));
}

/** Expired invitations count as invited until their expiry is written. */
async function freesExpired(services: ImportServices, { loanId, requestId, traceparent }: LenderImport, deadline: number) {
  const [loan] = await services.store.get([loanKey(loanId)]);
  if (!loan || !mayHaveExpired(loan.data, services.clock())) return false;
  return (await expireInvitations(services, loanId, { requestId, traceparent }, deadline)) === BATCHES_PER_CALL;
}

function commitStep(
  services: ImportServices,
  jobBefore: Item<LenderImport>,
  part: Item<ImportPart>,
  deadline: number,
): Promise<ImportStepResult | undefined> {
  const { ids, rules, clock } = services;
  const { importId, loanId, borrowerId, rowsTotal, rowsDone, requestId, traceparent, network } = jobBefore.data;
  const start = rowsDone % PART_ROWS;
  const rows = part.data.rows.slice(start, start + ROWS_PER_COMMIT);
  const now = clock();
  const counterKey = invitationCounterKey(borrowerId);
  const lenderIds = new Map(rows.flatMap(({ email, outcome }) => (outcome ? [] : [[email, ids.lender(loanId, email)] as const])));
  const lenderKeys = [...lenderIds.values()].map((lenderId) => lenderKey(loanId, lenderId));
  const openKey = openImportCounterKey(borrowerId);
  const keys = [importKey(importId), part.key, loanKey(loanId), counterKey, openKey, ...lenderKeys];

  function decide(view: View): Decision<ImportStepResult | undefined> {
    const job = view.at(importKey(importId));
    const loan = view.at(loanKey(loanId));
    const isOutdated = job?.version !== jobBefore.version; // another worker has processed these rows
    if (!job || isOutdated) return { result: undefined, writes: [] };
    if (!loan) throw new TypeError('an import lacks its loan');
    const hour = periodAt('hour', now);
    const invitationsSent = usedIn(hour, view.at(counterKey)?.data);
    const step = planImportStep(job.data, rows, {
      loan: loan.data,
      lendersById: existingLenders(view, lenderKeys),
      lenderIds,
      period: { invitedAt: now, expiresAt: now + rules.invitationMs },
      invitationsLeft: Math.max(0, rules.invitesPerHour - invitationsSent),
      hourEnd: periodEndAfter('hour', now),
    });
    const { change } = step;
    const lendersAdded = change?.lenders.length ?? 0;
    const progress = { importId, rowsTotal, rowsDone: step.job.rowsDone };
    const origin = { requestId, traceparent, ...(network && { network }) };
    const metadata = { at: now, actor: 'borrower', actorId: borrowerId, ...origin, import: progress } as const;
    const counter: Put<UsageCounter> = {
      key: counterKey,
      expected: view.versionAt(counterKey),
      data: { period: hour, count: invitationsSent + lendersAdded },
    };
    const writes = [
      importWrite(step.job, jobBefore.version, now),
      ...(hasEnded(step.job) ? [openImportEnded(view, openKey)] : []),
      ...(step.rows.length > 0 ? [partWrite(part, start, step.rows)] : []),
      ...(change ? [...changeWrites(view, change, metadata), counter] : []),
    ];
    return { result: { job: step.job, lendersAdded }, writes };
  }

  return decideAndCommit(services, { keys, decide, deadline });
}

/** Does nothing where another worker has processed the step, or recorded its error, meanwhile. */
function recordFailure(
  services: ImportServices,
  { key, version, data }: Item<LenderImport>,
  error: unknown,
): Promise<ImportStepResult | undefined> {
  const { clock, random } = services;
  const now = clock();
  const job = retryOrFail(data, now, random);
  const openKey = openImportCounterKey(data.borrowerId);

  function decide(view: View): Decision<ImportStepResult | undefined> {
    if (view.versionAt(key) !== version) return { result: undefined, writes: [] };
    const writes = [importWrite(job, version, now), ...(hasEnded(job) ? [openImportEnded(view, openKey)] : [])];
    return { result: { job, lendersAdded: 0, error }, writes };
  }

  return decideAndCommit(services, { keys: [key, openKey], decide });
}

/** Counts down from at least 1: an import of an earlier program was not counted. */
function openImportEnded(view: View, key: Key<UsageCounter>): Put<UsageCounter> {
  const open = usedIn(NO_PERIOD, view.at(key)?.data);
  return { key, expected: view.versionAt(key), data: { period: NO_PERIOD, count: Math.max(open - 1, 0) } };
}

/** Replaces the rows of a part from `start`. */
function partWrite({ key, version, data }: Item<ImportPart>, start: number, rows: readonly ImportRow[]): Put<ImportPart> {
  return { key, expected: version, data: { rows: data.rows.toSpliced(start, rows.length, ...rows) } };
}
