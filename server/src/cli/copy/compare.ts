import { hash } from 'node:crypto';
import type { Loan } from '../../domain/loan.ts';
import { formatAmount } from '../../domain/money.ts';
import type { BulkStore, StoredItem } from '../../storage/bulk-store.ts';
import { type ItemKind, kindOf } from '../../storage/item-kinds.ts';
import { copyCheckpointKey } from '../../storage/keys.ts';

/*
 * Compares two stores of any size in constant memory: by the number of items of each kind and the sum of their hashes,
 * which does not depend on their order. The totals of the loans are for people.
 */

interface Count {
  readonly items: number;
  /** Sum of the items' hashes, modulo 2^256. */
  readonly checksum: bigint;
}

/** Totals of the loans of one currency, in minor units. */
interface LoanTotals {
  readonly decimals: number;
  readonly loans: number;
  readonly amount: bigint;
  readonly invited: bigint;
}

export interface Summary {
  readonly counts: ReadonlyMap<ItemKind, Count>;
  /** By currency code. */
  readonly money: ReadonlyMap<string, LoanTotals>;
}

const CHECKSUM_BITS = 256;

/**
 * @param now epoch ms; items that have expired by then are left out, as each engine deletes them at another time
 * @param onPage called with the number of items that were read
 */
export async function summarize(store: BulkStore, now: number, onPage: (items: number) => void): Promise<Summary> {
  const counts = new Map<ItemKind, Count>();
  const money = new Map<string, LoanTotals>();
  for await (const { items } of store.pages()) {
    for (const item of items) {
      if (isCheckpoint(item) || (item.expiresAt ?? Infinity) <= now) continue;
      const kind = kindOf(item.key);
      const count = counts.get(kind) ?? { items: 0, checksum: 0n };
      const checksum = BigInt.asUintN(CHECKSUM_BITS, count.checksum + hashOf(item));
      counts.set(kind, { items: count.items + 1, checksum });
      if (kind === 'loan') addLoan(money, JSON.parse(item.text));
    }
    onPage(items.length);
  }
  return { counts, money };
}

/** One line for each difference. */
export function differencesBetween(source: Summary, target: Summary): string[] {
  const kinds = new Set([...source.counts.keys(), ...target.counts.keys()]);
  const currencies = new Set([...source.money.keys(), ...target.money.keys()]);
  return [
    ...[...kinds].flatMap((kind) => countDifference(kind, source.counts.get(kind), target.counts.get(kind))),
    ...[...currencies].flatMap((code) => moneyDifference(code, source.money.get(code), target.money.get(code))),
  ];
}

export function presentSummary({ counts, money }: Summary) {
  return {
    counts: Object.fromEntries([...counts].map(([kind, { items }]) => [kind, items])),
    money: [...money].map(([code, sums]) => presentMoney(code, sums)),
  };
}

export function isCheckpoint({ key }: StoredItem): boolean {
  const { partition, sort } = copyCheckpointKey();
  return key.partition === partition && key.sort === sort;
}

function countDifference(kind: ItemKind, source: Count | undefined, target: Count | undefined): string[] {
  const [there, here] = [source?.items ?? 0, target?.items ?? 0];
  if (there !== here) return [`${kind}: ${there} in the source, ${here} in the copy`];
  return source?.checksum === target?.checksum ? [] : [`${kind}: ${there} in both, with different content`];
}

function presentMoney(code: string, sums: LoanTotals | undefined) {
  const { decimals, loans, amount, invited } = sums ?? { decimals: 0, loans: 0, amount: 0n, invited: 0n };
  const format = (digits: bigint) => formatAmount({ digits, decimals }, { code, decimals });
  return { loans, amount: format(amount), invited: format(invited) };
}

function moneyDifference(code: string, source: LoanTotals | undefined, target: LoanTotals | undefined): string[] {
  const [there, here] = [source, target].map((sums) => {
    const { loans, amount, invited } = presentMoney(code, sums);
    return `${loans} loans of ${amount}, ${invited} invited`;
  });
  return there === here ? [] : [`${there} in the source; ${here} in the copy`];
}

function addLoan(money: Map<string, LoanTotals>, { amount, totalInvited, currency }: Loan): void {
  const { loans, ...sums } = money.get(currency.code) ?? { loans: 0, amount: 0n, invited: 0n };
  money.set(currency.code, {
    decimals: currency.decimals,
    loans: loans + 1,
    amount: sums.amount + BigInt(amount),
    invited: sums.invited + BigInt(totalInvited),
  });
}

function hashOf({ key, version, command, text, index, expiresAt }: StoredItem): bigint {
  const fields = [key.partition, key.sort, version, command, text, index?.partition, index?.sort, expiresAt];
  return BigInt(`0x${hash('sha256', JSON.stringify(fields), 'hex')}`);
}
