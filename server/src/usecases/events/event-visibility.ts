import { conflict, type DomainError, notFound } from '../../domain/errors.ts';
import type { EventBatch } from '../../domain/event-batch.ts';
import type { Caller } from '../../domain/identity.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { isRevokedUnanswered } from '../../domain/lender.ts';
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
import { belongsTo, type ReadableLoan } from '../authorization.ts';

/**
 * The viewer's own lenders of a loan. They change while the viewer is subscribed: an address may be invited again, and a user
 * who answers an invitation claims it, so that other users with the same address lose it. Both follow from the events.
 */
export interface VisibleLenders {
  /** The loan's version as of which they are known; event batches up to it must not be applied to them again. */
  readonly version: number;
  readonly lenderIds: readonly LenderId[];
  /** The last version that the viewer sees, where their only invitation was revoked unanswered. */
  readonly lastVersion?: number;
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

export function visibleLendersAt({ loan, invitations, lastVersion }: ReadableLoan): VisibleLenders | null {
  if (!invitations) return null;
  const lenderIds = invitations.map(({ data }) => data.lenderId);
  return { version: loan.version, lenderIds, ...(lastVersion !== undefined && { lastVersion }) };
}

/** @returns why no more events follow; undefined where they may */
export function endOfSubscription({ position, visibleLenders }: FeedPosition): DomainError | undefined {
  if (visibleLenders?.lenderIds.length === 0) return notFound('loan');
  const isOver = position.version > (visibleLenders?.lastVersion ?? Number.POSITIVE_INFINITY);
  return isOver ? conflict('Your invitation to this loan was revoked. Its events end with that.') : undefined;
}

/** The events of a batch that a viewer may see, and the position after it. Check `endOfSubscription` before and after. */
export function visibleEvents(
  batch: EventBatch,
  { position, visibleLenders }: FeedPosition,
  { caller, cursorAt }: Viewer,
): { events: PublishedEvent[]; next: FeedPosition } {
  const updated = visibleLenders && visibleLendersAfter(batch, visibleLenders, caller);
  const own = updated ? new Set(updated.lenderIds) : undefined;
  const entries = own?.size === 0 ? [] : positionedEvents(batch);
  const events = entries
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
  const revoked = new Set<LenderId>();
  for (const loanEvent of events) {
    if (!('lender' in loanEvent)) continue;
    const { lender } = loanEvent;
    if (belongsTo(lender, caller)) own.add(lender.lenderId);
    else own.delete(lender.lenderId);
    if (isRevokedUnanswered(lender)) revoked.add(lender.lenderId);
  }
  const lenderIds = [...own];
  const isLast = lenderIds.length > 0 && lenderIds.every((lenderId) => revoked.has(lenderId));
  return { version, lenderIds, ...(isLast && { lastVersion: version }) };
}
