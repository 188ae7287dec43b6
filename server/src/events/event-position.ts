import type { EventBatch } from '../domain/event-batch.ts';
import type { LenderId, LoanId, UserId } from '../domain/ids.ts';
import type { LoanEvent } from '../domain/loan-events.ts';
import type { CursorScope } from '../pagination/cursors.ts';

/** One event of a loan's history, with its position in it. */
export interface PositionedEvent {
  readonly batch: EventBatch;
  readonly index: number;
  readonly event: LoanEvent;
}

/** A position in a loan's history: after the event `index` of the batch `version`; -1 is before the batch's first event. */
export interface Position {
  readonly version: number;
  readonly index: number;
}

const BEGINNING: Position = { version: 1, index: -1 };

/** The position after all events up to a version of the loan. */
export function positionAtVersion(version: number): Position {
  return { version: version + 1, index: -1 };
}

export function positionedEvents(batch: EventBatch): PositionedEvent[] {
  return batch.events.map((event, index) => ({ batch, index, event }));
}

export function positionOf({ batch, index }: PositionedEvent): Position {
  return { version: batch.version, index };
}

export function isAfter({ batch, index }: PositionedEvent, position: Position): boolean {
  return batch.version > position.version || (batch.version === position.version && index > position.index);
}

export function positionText({ version, index }: Position): string {
  return `${version}.${index}`;
}

export function parsePosition(text: string | undefined): Position {
  if (text === undefined) return BEGINNING;
  const [version = NaN, index = NaN] = text.split('.').map(Number);
  return { version, index };
}

/** One scope for every API that reads a loan's history, so that a cursor of one works in the others. */
export function historyScope(userId: UserId, loanId: LoanId | undefined): CursorScope {
  return [userId, 'ReadEvents', loanId];
}

/** @param ownLenderIds the viewer's lender ids in the loan; undefined for its borrower */
export function isVisible({ event }: PositionedEvent, ownLenderIds: ReadonlySet<LenderId> | undefined): boolean {
  return ownLenderIds === undefined || !('lender' in event) || ownLenderIds.has(event.lender.lenderId);
}
