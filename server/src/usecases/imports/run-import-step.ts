import type { ImportId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import {
  hasEnded,
  type ImportPart,
  type ImportRow,
  type LenderImport,
  PART_ROWS,
  planImportStep,
  ROWS_PER_COMMIT,
} from '../../domain/lender-import.ts';
import { mayHaveExpired } from '../../domain/loan.ts';
import { hourOf, type UsageCounter, usedIn } from '../../domain/usage-counter.ts';
import { changeWrites, importWrite } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/decide-and-commit.ts';
import type { CoreServices, Rules } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { importKey, importPartKey, invitationCounterKey, lenderKey, loanKey } from '../../storage/keys.ts';
import type { Item, Put } from '../../storage/store.ts';
import { expireInvitations } from '../invitations/expire-invitations.ts';
import { hourEndAfter } from '../lenders/invitation-request.ts';

export interface ImportServices extends CoreServices {
  readonly rules: Pick<Rules, 'invitesPerHour' | 'invitationMs'>;
}

/** A step that was taken. */
export interface ImportStepResult {
  readonly job: LenderImport;
  readonly lendersAdded: number;
}

/**
 * Takes the next step of an import: settles some of its rows, in one commit that also says how far it is. So it may be
 * stopped anywhere and by anything, and taken up by anybody, also by two at once: no row is skipped, and none has two turns.
 * @returns undefined where there is none to take by now
 */
export async function runImportStep(services: ImportServices, importId: ImportId): Promise<ImportStepResult | undefined> {
  const { store, mutex, clock } = services;
  const [found] = await store.get([importKey(importId)]);
  if (!found || !isDue(found.data, clock())) return undefined;
  const { loanId, borrowerId } = found.data;
  const partKey = importPartKey(importId, Math.floor(found.data.rowsDone / PART_ROWS));
  const [part] = await store.get([partKey]);
  if (!part) throw new TypeError('an import has no such rows');
  const rows = nextRows(found.data, part.data);
  const places = [loanKey(loanId), invitationCounterKey(borrowerId)].map(({ partition }) => partition);
  return mutex.runExclusive(places, async () => {
    await expireFirst(services, found.data);
    return settleNext(services, found, { part, rows });
  });
}

function isDue(job: LenderImport, now: number): boolean {
  return !hasEnded(job) && (job.state.name !== 'waiting' || job.state.until <= now);
}

/** Those of the part that have not had their turn, as many as one commit takes. */
function nextRows({ rowsDone }: LenderImport, { rows }: ImportPart): readonly ImportRow[] {
  const start = rowsDone % PART_ROWS;
  return rows.slice(start, start + ROWS_PER_COMMIT);
}

/** What has expired has its amount and its place in the loan no more, though that may not be written yet. */
async function expireFirst(services: ImportServices, { loanId, requestId, traceparent }: LenderImport): Promise<void> {
  const [loan] = await services.store.get([loanKey(loanId)]);
  if (loan && mayHaveExpired(loan.data, services.clock())) await expireInvitations(services, loanId, { requestId, traceparent });
}

interface Next {
  readonly part: Item<ImportPart>;
  readonly rows: readonly ImportRow[];
}

function settleNext(
  services: ImportServices,
  seen: Item<LenderImport>,
  { part, rows }: Next,
): Promise<ImportStepResult | undefined> {
  const { ids, rules, clock } = services;
  const { importId, loanId, borrowerId, requestId, traceparent } = seen.data;
  const now = clock();
  const hourEnd = hourEndAfter(now);
  const counterKey = invitationCounterKey(borrowerId);
  const lenderIdOf = (email: string) => ids.lender(loanId, email);
  const lenderIds = rows.filter(({ outcome }) => outcome === undefined).map(({ email }) => lenderIdOf(email));
  const lenderKeys = lenderIds.map((lenderId) => lenderKey(loanId, lenderId));
  const keys = [importKey(importId), part.key, loanKey(loanId), counterKey, ...lenderKeys];

  function decide(view: View): Decision<ImportStepResult | undefined> {
    const job = view.at(importKey(importId));
    const loan = view.at(loanKey(loanId));
    if (!loan || job?.version !== seen.version) return { result: undefined, writes: [] }; // another process was faster
    const period = hourOf(now);
    const sent = usedIn(period, view.at(counterKey)?.data);
    const term = { invitedAt: now, expiresAt: now + rules.invitationMs };
    const budget = Math.max(0, rules.invitesPerHour - sent);
    const lendersById = new Map(lenderKeys.flatMap((key) => entryOf(view.at(key)?.data)));
    const step = planImportStep(job.data, rows, { loan: loan.data, lendersById, lenderIdOf, term, budget }, hourEnd);
    const { change } = step;
    const lendersAdded = change?.lenders.length ?? 0;
    const progress = { importId, rowsTotal: step.job.rowsTotal, rowsDone: step.job.rowsDone };
    const told = { at: now, actor: 'borrower', actorId: borrowerId, requestId, traceparent, import: progress } as const;
    const counter: Put<UsageCounter> = {
      key: counterKey,
      expected: view.versionAt(counterKey),
      data: { period, count: sent + lendersAdded },
    };
    const writes = [
      importWrite(step.job, seen.version, now),
      ...(step.rows.length > 0 ? [withRows(part, seen.data.rowsDone % PART_ROWS, step.rows)] : []),
      ...(change ? [...changeWrites(view, change, told), counter] : []),
    ];
    return { result: { job: step.job, lendersAdded }, writes };
  }

  return decideAndCommit(services, { keys, decide });
}

function entryOf(lender: Lender | undefined): [Lender['lenderId'], Lender][] {
  return lender ? [[lender.lenderId, lender]] : [];
}

/** The part with what has become of some of its rows. */
function withRows({ key, version, data }: Item<ImportPart>, start: number, rows: readonly ImportRow[]): Put<ImportPart> {
  return { key, expected: version, data: { rows: data.rows.toSpliced(start, rows.length, ...rows) } };
}
