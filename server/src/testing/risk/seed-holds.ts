import { randomUUID } from 'node:crypto';
import { type CommandId, parseLoanId, type UserId } from '../../domain/ids.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import { holdIndexEntry } from '../../storage/index-keys.ts';
import { holdKey } from '../../storage/keys.ts';
import { found } from '../app/domain-fixtures.ts';
import type { TestApp } from '../app/test-app.ts';

type StoreOf = Pick<TestApp, 'store'>;

/** A hold on the invitations with which a loan was made. */
export function holdOf(loanId: string, borrowerId: UserId, invitedAt: number, changes: Partial<RiskHold> = {}): RiskHold {
  return {
    loanId: found(parseLoanId(loanId), loanId),
    invitedAt,
    version: 1,
    borrowerId,
    invitations: 1,
    score: 0.97,
    reasons: [{ feature: 'batchSize', contribution: 2.25 }],
    modelVersion: '2026-02-20',
    isEnforced: true,
    mailingIds: [],
    decision: null,
    decidedAt: null,
    decidedBy: null,
    ...changes,
  };
}

/** Stores holds as the event handler does. */
export function storeHolds(testApp: StoreOf, ...holds: readonly RiskHold[]): Promise<void> {
  return store(testApp, holds, holdIndexEntry);
}

/** Stores a decided hold that the index still has among the others. */
export function storeOutdated(testApp: StoreOf, hold: RiskHold): Promise<void> {
  return store(testApp, [hold], (decided) => holdIndexEntry({ ...decided, decision: null }));
}

async function store({ store }: StoreOf, holds: readonly RiskHold[], indexOf: typeof holdIndexEntry): Promise<void> {
  for (const hold of holds) {
    const write = { key: holdKey(hold.loanId, hold.invitedAt), expected: 0, data: hold, index: indexOf(hold) };
    const { committed } = await store.commit(randomUUID() as CommandId, [write]);
    if (!committed) throw new Error('there is such a hold already');
  }
}
