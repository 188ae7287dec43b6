import { LRUCache } from 'lru-cache';
import type { EventBatch } from '../../domain/event-batch.ts';
import { eventBatchKey } from '../../storage/keys.ts';
import { KEYS_MAX, type Store } from '../../storage/store.ts';
import { type RecentInvitation, riskBatchOf } from '../features/risk-batch.ts';
import type { BatchRef } from './sender-record.ts';

/** Some 10 MB, with what was found out of them. */
const INVITATIONS_MAX = 10_000;

/** The invitations in event batches, some of which are kept in memory: an event batch never changes. */
export class RecentInvitations {
  readonly #store: Pick<Store, 'batchGet'>;
  readonly #kept = new LRUCache<string, readonly RecentInvitation[]>({
    maxSize: INVITATIONS_MAX,
    sizeCalculation: ({ length }) => length + 1,
  });

  constructor(store: Pick<Store, 'batchGet'>) {
    this.#store = store;
  }

  /** @param refs at most `KEYS_MAX` @returns newest first, as the batches are */
  async read(refs: readonly BatchRef[]): Promise<RecentInvitation[]> {
    const missing = refs.filter((ref) => !this.#kept.has(nameOf(ref))).slice(0, KEYS_MAX);
    const keys = missing.map(({ loanId, version }) => eventBatchKey(loanId, version));
    const items = missing.length > 0 ? await this.#store.batchGet(keys) : [];
    const read = new Map(items.flatMap((item, index) => (item ? [[nameOf(missing[index]), this.add(item.data)]] : [])));
    return refs.flatMap((ref) => read.get(nameOf(ref)) ?? this.#kept.get(nameOf(ref)) ?? []);
  }

  /** @param judged the batch where it has been judged: what was found out of its invitations is kept with them */
  add(batch: EventBatch, judged = riskBatchOf(batch)): readonly RecentInvitation[] {
    const invitations = (judged?.invitations ?? []).toReversed();
    this.#kept.set(nameOf({ loanId: batch.loan.loanId, version: batch.version }), invitations);
    return invitations;
  }
}

function nameOf(ref: Pick<BatchRef, 'loanId' | 'version'> | undefined): string {
  return `${ref?.loanId}#${ref?.version}`;
}
