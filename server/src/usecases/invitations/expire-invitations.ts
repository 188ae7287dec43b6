import type { LoanId } from '../../domain/ids.ts';
import type { ExpiryBatch } from '../../domain/lender.ts';
import { expire } from '../../domain/loan.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/decide-and-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { CoreServices } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { expiriesOf, lenderKey, loanKey } from '../../storage/keys.ts';
import type { Item } from '../../storage/store.ts';

/** So many are looked at together; a loan that has more is gone through in several rounds. */
const EXPIRIES_AT_ONCE = 20;

/** Frees what the expired invitations of a loan hold. Whoever calls has the loan's turn. */
export async function expireInvitations(services: CoreServices, loanId: LoanId, request: RequestMetadata): Promise<void> {
  const now = services.clock();
  let due: Item<ExpiryBatch>[];
  do {
    const [loan] = await services.store.get([loanKey(loanId)]);
    const expiries = await services.store.list(expiriesOf(loanId, EXPIRIES_AT_ONCE + 1));
    due = expiries.slice(0, EXPIRIES_AT_ONCE).filter(({ data }) => data.expiresAt <= now);
    let version = loan?.version ?? 0;
    for (const [position, expiryBatch] of due.entries()) {
      const next = expiries[position + 1]?.data.expiresAt ?? null;
      version = await expireTogether(services, loanId, { expiryBatch, next, version, now, request });
    }
  } while (due.length === EXPIRIES_AT_ONCE);
}

interface Together {
  readonly expiryBatch: Item<ExpiryBatch>;
  /** When those behind it expire, as of this version of the loan. */
  readonly next: number | null;
  readonly version: number;
  readonly now: number;
  readonly request: RequestMetadata;
}

/** @returns the version that the loan then has, where nobody else changes it */
async function expireTogether(services: CoreServices, loanId: LoanId, together: Together): Promise<number> {
  const { expiryBatch, next, version, now, request } = together;
  const { data, key: expiryKey } = expiryBatch;
  const keys = [loanKey(loanId), expiryKey, ...data.invitations.map(({ lenderId }) => lenderKey(loanId, lenderId))];
  const told = { at: now, actor: 'system', actorId: null, ...request } as const;

  function decide(view: View): Decision<number> {
    const standing = view.at(expiryKey);
    const loan = view.at(loanKey(loanId));
    if (!standing || !loan) return { result: version, writes: [] }; // another process was faster
    const lenders = data.invitations.flatMap(({ lenderId, round }) => {
      const lender = view.at(lenderKey(loanId, lenderId))?.data;
      return lender?.round === round ? [lender] : []; // others were invited anew since
    });
    // What others have invited meanwhile may expire sooner than the next that is known of.
    const nextExpiry = loan.version === version ? next : loan.data.nextExpiry;
    const change = expire(loan.data, lenders, nextExpiry, now);
    const removal = { key: expiryKey, expected: standing.version, isDelete: true } as const;
    const writes = [...(change ? changeWrites(view, change, told) : []), removal];
    return { result: version + (change ? 1 : 0), writes };
  }

  return decideAndCommit(services, { keys, decide });
}
