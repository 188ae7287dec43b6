import { notFound } from '../../domain/errors.ts';
import type { EventBatch } from '../../domain/event-batch.ts';
import type { Caller } from '../../domain/identity.ts';
import type { LenderId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import { entriesOf, isBehind, isVisible, type Position, positionAtVersion, positionOf } from '../../events/event-position.ts';
import type { PublishedEvent } from '../../execution/use-case.ts';
import { presentEvent } from '../../schemas/presenters.ts';
import type { Item } from '../../storage/store.ts';
import { belongsTo } from '../authorization.ts';

/* What somebody who watches a loan sees of it, chapter by chapter; the same wherever the chapters come from. */

/**
 * A lender's rows while they watch: they may come to hold another one, and whoever answers an invitation takes its row away
 * from all others with the same address. The history itself tells.
 */
export interface VisibleLenders {
  /** Of the loan when they were looked up, or told by a chapter: what older ones tell of them is no longer true. */
  readonly version: number;
  readonly lenderIds: readonly LenderId[];
}

export interface Viewer {
  readonly caller: Pick<Caller, 'email' | 'userId'>;
  readonly seal: (position: Position) => string;
}

/** How far somebody has come in a loan's history. */
export interface FeedPosition {
  readonly position: Position;
  /** Null for the borrower, who sees all. */
  readonly rows: VisibleLenders | null;
}

/** @param own the viewer's rows as they stood in the loan at a version; undefined for its borrower */
export function rowsAt(version: number, own: readonly Item<Lender>[] | undefined): VisibleLenders | null {
  return own ? { version, lenderIds: own.map(({ data }) => data.lenderId) } : null;
}

/** What a chapter has for a viewer, and where that leaves them. @throws DomainError once they have no part in the loan any more */
export function visibleEvents(
  batch: EventBatch,
  { position, rows: before }: FeedPosition,
  { caller, seal }: Viewer,
): { events: PublishedEvent[]; place: FeedPosition } {
  const rows = before && asOf(before, batch, caller);
  if (rows?.lenderIds.length === 0) throw notFound('loan');
  const own = rows ? new Set(rows.lenderIds) : undefined;
  const events = entriesOf(batch)
    .filter((entry) => isBehind(position, entry) && isVisible(entry, own))
    .map((entry) => ({
      cursor: seal(positionOf(entry)),
      event: presentEvent(batch, entry.index, entry.event, caller.userId),
    }));
  return { events, place: { position: positionAtVersion(batch.version), rows } };
}

function asOf(rows: VisibleLenders, { version, events }: EventBatch, caller: Viewer['caller']): VisibleLenders {
  if (version <= rows.version) return rows;
  const own = new Set(rows.lenderIds);
  for (const loanEvent of events) {
    if (!('lender' in loanEvent)) continue;
    if (belongsTo(loanEvent.lender, caller)) own.add(loanEvent.lender.lenderId);
    else own.delete(loanEvent.lender.lenderId);
  }
  return { version, lenderIds: [...own] };
}
