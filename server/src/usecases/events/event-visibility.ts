import type { EventBatch } from '../../domain/event-batch.ts';
import type { Caller } from '../../domain/identity.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import {
  historyScope,
  isAfter,
  isVisible,
  type Position,
  positionAtVersion,
  positionedEvents,
  positionOf,
  positionText,
} from '../../events/event-position.ts';
import type { PublishedEvent } from '../../execution/use-case.ts';
import type { Cursors } from '../../pagination/cursors.ts';
import { presentEvent } from '../../schemas/presenters.ts';
import type { Item } from '../../storage/store.ts';
import { belongsTo } from '../authorization.ts';

/**
 * The viewer's own lenders of a loan. They change while the viewer is subscribed: an address may be invited again, and a user
 * who answers an invitation claims it, so that other users with the same address lose it. Both follow from the events.
 */
export interface VisibleLenders {
  /** The loan's version as of which they are known; event batches up to it must not be applied to them again. */
  readonly version: number;
  readonly lenderIds: readonly LenderId[];
}

export interface Viewer {
  readonly caller: Pick<Caller, 'email' | 'userId'>;
  /** @returns the cursor of a position */
  readonly cursorAt: (position: Position) => string;
}

/** The progress of a subscription in a loan's history. */
export interface FeedPosition {
  readonly position: Position;
  /** Null for the borrower, who sees all. */
  readonly visibleLenders: VisibleLenders | null;
}

export function viewerOf({ userId, email }: Viewer['caller'], loanId: LoanId, cursors: Cursors): Viewer {
  const scope = historyScope(userId, loanId);
  return { caller: { userId, email }, cursorAt: (position) => cursors.encode(positionText(position), scope) };
}

/** @param invitations the viewer's as of a version of the loan; undefined for its borrower */
export function visibleLendersAt(version: number, invitations: readonly Item<Lender>[] | undefined): VisibleLenders | null {
  return invitations ? { version, lenderIds: invitations.map(({ data }) => data.lenderId) } : null;
}

/** The events of a batch that a viewer may see, and the position after it. Undefined once the viewer has no part in the loan. */
export function visibleEvents(
  batch: EventBatch,
  { position, visibleLenders }: FeedPosition,
  { caller, cursorAt }: Viewer,
): { events: PublishedEvent[]; next: FeedPosition } | undefined {
  const updated = visibleLenders && visibleLendersAfter(batch, visibleLenders, caller);
  if (updated?.lenderIds.length === 0) return undefined;
  const own = updated ? new Set(updated.lenderIds) : undefined;
  const events = positionedEvents(batch)
    .filter((entry) => isAfter(entry, position) && isVisible(entry, own))
    .map((entry) => ({
      cursor: cursorAt(positionOf(entry)),
      event: presentEvent(batch, entry.index, entry.event, caller.userId),
    }));
  return { events, next: { position: positionAtVersion(batch.version), visibleLenders: updated } };
}

function visibleLendersAfter({ version, events }: EventBatch, rows: VisibleLenders, caller: Viewer['caller']): VisibleLenders {
  if (version <= rows.version) return rows;
  const own = new Set(rows.lenderIds);
  for (const loanEvent of events) {
    if (!('lender' in loanEvent)) continue;
    if (belongsTo(loanEvent.lender, caller)) own.add(loanEvent.lender.lenderId);
    else own.delete(loanEvent.lender.lenderId);
  }
  return { version, lenderIds: [...own] };
}
