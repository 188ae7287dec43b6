import { randomUUID } from 'node:crypto';
import { type CommandId, parseLoanId, type UserId } from '../../domain/ids.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import { holdIndexEntry } from '../../storage/index-keys.ts';
import { holdKey } from '../../storage/keys.ts';
import { found } from './domain-fixtures.ts';
import type { TestApp } from './test-app.ts';

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
export async function storeHolds({ store }: Pick<TestApp, 'store'>, ...holds: readonly RiskHold[]): Promise<void> {
  const writes = holds.map((hold) => {
    return { key: holdKey(hold.loanId, hold.invitedAt), expected: 0, data: hold, index: holdIndexEntry(hold) };
  });
  const { committed } = await store.commit(randomUUID() as CommandId, writes);
  if (!committed) throw new Error('there is such a hold already');
}
