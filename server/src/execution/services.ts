import type { Ids, NetworkId, UserId } from '../domain/ids.ts';
import type { KeyedLimit } from '../domain/limits/keyed-limit.ts';
import type { SessionRef } from '../domain/sign-in/session.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import type { LoanEventHub } from '../events/event-hub.ts';
import type { Cursors } from '../pagination/cursors.ts';
import type { EventLoopBudget } from '../pagination/event-loop-budget.ts';
import type { Store } from '../storage/store.ts';
import type { Authenticator, ClientAddress } from './authenticate.ts';
import type { KeyedMutex } from './keyed-mutex.ts';
import type { Telemetry } from './telemetry.ts';
import type { ViewCache } from './view-cache.ts';

/** Services for every change of a loan, also for those that no request causes. */
export interface CoreServices {
  readonly store: Store;
  readonly mutex: KeyedMutex;
  /** Undefined on SQLite, where a read costs almost nothing. */
  readonly viewCache: ViewCache | undefined;
  /** Notified of every commit that changes a loan. */
  readonly changes: ChangeNotifier;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Notices when sessions end. */
export interface SessionEnds {
  /** Calls the listener once if the session is ended before it expires. @returns cancels that */
  onEnd(session: SessionRef, listener: () => void): () => void;
}

export interface Rules {
  /** Invitations that one borrower may send in a UTC clock hour. */
  readonly invitesPerHour: number;
  /** Loans that one borrower may post in a UTC day. */
  readonly loansPerDay: number;
  readonly invitationMs: number;
  readonly idempotencyMs: number;
  /** False with MAIL=off, and on Lambda without a sender: no mail is queued. */
  readonly sendsMail: boolean;
  /** What the features of a score are about, in words, by name. */
  readonly riskLabels: ReadonlyMap<string, string>;
}

/** Services for every use case. */
export interface Services extends CoreServices {
  readonly rules: Rules;
  readonly authenticator: Authenticator;
  readonly sessions: SessionEnds;
  /** Undefined for an address within the operator's own network. */
  readonly networkOf: (address: ClientAddress) => NetworkId | undefined;
  readonly cursors: Cursors;
  /** Shared by all long tasks of this process. */
  readonly budget: EventLoopBudget;
  /** Exports under way in this process. */
  readonly exports: KeyedLimit<UserId>;
  readonly eventHub: LoanEventHub;
  readonly telemetry: Telemetry;
}
