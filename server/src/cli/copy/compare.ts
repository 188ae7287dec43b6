import { hash } from 'node:crypto';
import type { Loan } from '../../domain/loan.ts';
import { formatAmount } from '../../domain/money.ts';
import type { BulkStore, StoredItem } from '../../storage/bulk-store.ts';
import { copyCheckpointKey, type ItemKind, kindOf } from '../../storage/keys.ts';

/*
 * Whether two stores hold the same. Of each store is kept what does not grow with it: for each kind of item how many
 * there are and the sum of their hashes, which is the same in whatever order they come and another one if any item
 * differs in anything; and the money of the loans, for people.
 */

interface Count {
  readonly items: number;
  readonly print: bigint;
}

/** Loans in one currency, in its minor units. */
interface Money {
  readonly decimals: number;
  readonly loans: number;
  readonly amount: bigint;
  readonly invited: bigint;
}

export interface Summary {
  readonly counts: ReadonlyMap<ItemKind, Count>;
  /** By the currency's code. */
  readonly money: ReadonlyMap<string, Money>;
}

const PRINT_BITS = 256;

/**
 * @param now items that have expired by then are left out, as the stores' engines drop them, each in its own time
 * @param onPage told how many items were looked at
 */
export async function summaryOf(store: BulkStore, now: number, onPage: (items: number) => void): Promise<Summary> {
  const counts = new Map<ItemKind, Count>();
  const money = new Map<string, Money>();
  for await (const { items } of store.pages()) {
    for (const item of items) {
      if (isMark(item) || (item.expiresAt ?? Infinity) <= now) continue;
      const kind = kindOf(item.key);
      const before = counts.get(kind) ?? { items: 0, print: 0n };
      counts.set(kind, { items: before.items + 1, print: BigInt.asUintN(PRINT_BITS, before.print + printOf(item)) });
      if (kind === 'loan') addLoan(money, JSON.parse(item.text));
    }
    onPage(items.length);
  }
  return { counts, money };
}

/** What differs, a line each. */
export function differencesBetween(source: Summary, target: Summary): string[] {
  const kinds = new Set([...source.counts.keys(), ...target.counts.keys()]);
  const currencies = new Set([...source.money.keys(), ...target.money.keys()]);
  return [
    ...[...kinds].flatMap((kind) => countDifference(kind, source.counts.get(kind), target.counts.get(kind))),
    ...[...currencies].flatMap((code) => moneyDifference(code, source.money.get(code), target.money.get(code))),
  ];
}

/** A summary, told. */
export function presentSummary({ counts, money }: Summary) {
  return {
    counts: Object.fromEntries([...counts].map(([kind, { items }]) => [kind, items])),
    money: [...money].map(([code, sums]) => presentMoney(code, sums)),
  };
}

export function isMark({ key }: StoredItem): boolean {
  const mark = copyCheckpointKey();
  return key.partition === mark.partition && key.sort === mark.sort;
}

function countDifference(kind: ItemKind, source: Count | undefined, target: Count | undefined): string[] {
  const [there, here] = [source?.items ?? 0, target?.items ?? 0];
  if (there !== here) return [`${kind}: ${there} in the source, ${here} in the copy`];
  return source?.print === target?.print ? [] : [`${kind}: ${there} in both, but not the same`];
}

function presentMoney(code: string, sums: Money | undefined) {
  const { decimals, loans, amount, invited } = sums ?? { decimals: 0, loans: 0, amount: 0n, invited: 0n };
  const told = (digits: bigint) => formatAmount({ digits, decimals }, { code, decimals });
  return { loans, amount: told(amount), invited: told(invited) };
}

function moneyDifference(code: string, source: Money | undefined, target: Money | undefined): string[] {
  const [there, here] = [source, target].map((sums) => {
    const { loans, amount, invited } = presentMoney(code, sums);
    return `${loans} loans of ${amount}, ${invited} invited`;
  });
  return there === here ? [] : [`${there} in the source; ${here} in the copy`];
}

function addLoan(money: Map<string, Money>, { amount, totalInvited, currency }: Loan): void {
  const { loans, ...sums } = money.get(currency.code) ?? { loans: 0, amount: 0n, invited: 0n };
  money.set(currency.code, {
    decimals: currency.decimals,
    loans: loans + 1,
    amount: sums.amount + BigInt(amount),
    invited: sums.invited + BigInt(totalInvited),
  });
}

function printOf({ key, version, command, text, index, expiresAt }: StoredItem): bigint {
  const bulk = [key.partition, key.sort, version, command, text, index?.partition, index?.sort, expiresAt];
  return BigInt(`0x${hash('sha256', JSON.stringify(bulk), 'hex')}`);
}
