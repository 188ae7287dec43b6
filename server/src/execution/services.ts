import type { DomainError } from '../domain/errors.ts';
import type { Answer } from '../domain/idempotency.ts';
import type { Ids, RequestId } from '../domain/ids.ts';
import type { Changes } from '../events/change-notifier.ts';
import type { LoanChannels } from '../events/event-hub.ts';
import type { Cursors } from '../pagination/cursors.ts';
import type { Store } from '../storage/store.ts';
import type { Admission } from './authenticate.ts';
import type { Turns } from './keyed-mutex.ts';
import type { Telemetry } from './telemetry.ts';
import type { Hints } from './view-cache.ts';

/** What every change of a loan stands on, also one that nobody has asked for. */
export interface Groundwork {
  readonly store: Store;
  readonly turns: Turns;
  /** Undefined where looking costs next to nothing. */
  readonly hints: Hints | undefined;
  /** Told of every commit that changes a loan. */
  readonly changes: Changes;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface Rules {
  /** Invitations that one borrower may send in a UTC clock hour. */
  readonly invitesPerHour: number;
  readonly invitationMs: number;
  readonly idempotencyMs: number;
}

/** What every use case stands on. */
export interface Services extends Groundwork {
  readonly rules: Rules;
  readonly admission: Admission;
  readonly cursors: Cursors;
  readonly channels: LoanChannels;
  readonly telemetry: Telemetry;
}

/** What became of a request inside. */
export interface Outcome {
  readonly result: Answer | DomainError;
  readonly replayOf?: RequestId;
  readonly lendersAdded?: number;
}
