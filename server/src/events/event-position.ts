import type { EventBatch } from '../domain/event-batch.ts';
import type { LenderId, LoanId, UserId } from '../domain/ids.ts';
import type { LoanEvent } from '../domain/loan-events.ts';
import type { CursorScope } from '../pagination/cursors.ts';

/* A loan's history, event by event: where each stands, and who sees it. */

/** One event, in the chapter that tells it. */
export interface PositionedEvent {
  readonly batch: EventBatch;
  readonly index: number;
  readonly event: LoanEvent;
}

/** Behind the event `index` of the chapter `version`; -1 is before the chapter's first. */
export interface Position {
  readonly version: number;
  readonly index: number;
}

const BEGINNING: Position = { version: 1, index: -1 };

/** Behind all that has happened to a loan that stands at a version. */
export function positionAtVersion(version: number): Position {
  return { version: version + 1, index: -1 };
}

export function entriesOf(batch: EventBatch): PositionedEvent[] {
  return batch.events.map((event, index) => ({ batch, index, event }));
}

export function positionOf({ batch, index }: PositionedEvent): Position {
  return { version: batch.version, index };
}

export function isBehind({ version, index }: Position, entry: PositionedEvent): boolean {
  return entry.batch.version > version || (entry.batch.version === version && entry.index > index);
}

export function positionText({ version, index }: Position): string {
  return `${version}.${index}`;
}

export function parsePosition(text: string | undefined): Position {
  if (text === undefined) return BEGINNING;
  const [version = NaN, index = NaN] = text.split('.').map(Number);
  return { version, index };
}

/** The same for all that reads a loan's history, so that one goes on where another stopped. */
export function historyScope(userId: UserId, loanId: LoanId | undefined): CursorScope {
  return [userId, 'ReadEvents', loanId];
}

/** @param own the viewer's rows in the loan; undefined for its borrower */
export function isVisible({ event }: PositionedEvent, own: ReadonlySet<LenderId> | undefined): boolean {
  return own === undefined || !('lender' in event) || own.has(event.lender.lenderId);
}
