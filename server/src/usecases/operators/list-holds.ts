import * as z from 'zod';
import type { LoanId } from '../../domain/ids.ts';
import type { Loan } from '../../domain/loan.ts';
import { type HoldStatus, holdStatusOf } from '../../domain/risk/hold-status.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import type { Query, QueryServices } from '../../execution/use-case.ts';
import { READS_MAX, readFilteredPage, scanPageSize } from '../../pagination/filtered-page.ts';
import { holdsResponse } from '../../schemas/hold-responses.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentHold } from '../../schemas/present-hold.ts';
import { holdIndex, timeAt } from '../../storage/index-keys.ts';
import { holdKey, loanIdOf, loanKey } from '../../storage/keys.ts';
import { requireOperator } from './hold-access.ts';

const input = z.object({ status: fields.holdStatus, limit: fields.limit, cursor: fields.cursor });

export const listHolds: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListHolds',
  summary: `Holds on invitations of all borrowers, the newest first: for operators. Without a status, those that nobody has decided on. With one, a page may be short although next_cursor leads to more: one request reads ${READS_MAX * fields.PAGE_SIZE_MAX} holds.`,
  input,
  output: holdsResponse,

  async read({ input, caller, rules }, services) {
    requireOperator({ caller });
    const { status, limit } = input;
    const scope = [caller.userId, listHolds.endpoint, status];
    const after = await services.cursors.decode(input.cursor, scope, 'cursor');
    const size = Math.min(scanPageSize(limit, status === undefined), fields.PAGE_SIZE_MAX);
    const { rows, next } = await readFilteredPage<RiskHold | undefined>({
      limit,
      after,
      budget: services.budget,
      matches: (hold) => hold !== undefined && isListed(hold, status),
      read: (position) => readHolds(services, holdIndex(isDecided(status)), position, size),
    });
    const holds = rows.flatMap((hold) => hold ?? []);
    const loans = await readLoans(services, holds);
    return {
      success: true,
      holds: holds.flatMap((hold) => {
        const loan = loans.get(hold.loanId);
        return loan ? [presentHold(hold, loan, rules.riskLabels)] : [];
      }),
      next_cursor: next === undefined ? null : services.cursors.encode(next, scope),
    };
  },
};

function isDecided(status: HoldStatus | undefined): boolean {
  return status === 'released' || status === 'rejected';
}

/** By the hold itself: the index may be outdated. */
function isListed(hold: RiskHold, status: HoldStatus | undefined): boolean {
  return status === undefined ? hold.decision === null : holdStatusOf(hold) === status;
}

async function readHolds({ store }: QueryServices, partition: string, after: string | undefined, limit: number) {
  const indexRows = await store.listIndex({ partition, limit, ...(after !== undefined && { after }) });
  const keys = indexRows.map(({ key, position }) => holdKey(loanIdOf(key.partition), timeAt(position)));
  const holds = keys.length > 0 ? await store.batchGet(keys) : [];
  return {
    rows: indexRows.map(({ position }, index) => ({ row: holds[index]?.data, position })),
    isLast: indexRows.length < limit,
  };
}

async function readLoans({ store }: QueryServices, holds: readonly RiskHold[]): Promise<ReadonlyMap<LoanId, Loan>> {
  const ids = [...new Set(holds.map(({ loanId }) => loanId))];
  const loans = ids.length > 0 ? await store.batchGet(ids.map(loanKey)) : [];
  return new Map(loans.flatMap((loan) => (loan ? [[loan.data.loanId, loan.data] as const] : [])));
}
