import type * as z from 'zod';
import type { FieldError } from '../domain/errors.ts';
import type { StoredResponse } from '../domain/idempotency.ts';
import type { Caller } from '../domain/identity.ts';
import type { Ids, RequestId, UserId } from '../domain/ids.ts';
import type { ImportPart, LenderImport } from '../domain/imports/lender-import.ts';
import type { ClaimedInvitations } from '../domain/lender.ts';
import type { KeyedLimit } from '../domain/limits/keyed-limit.ts';
import type { Loan, LoanChange } from '../domain/loan.ts';
import type { Actor } from '../domain/loan-events.ts';
import type { Mailing } from '../domain/mail/mailing.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';
import type { UsageCounter } from '../domain/usage-counter.ts';
import type { Cursors } from '../pagination/cursors.ts';
import type { EventLoopBudget } from '../pagination/event-loop-budget.ts';
import type { eventShape } from '../schemas/responses.ts';
import type { Key, Store } from '../storage/store.ts';
import type { JsonBody } from './json-body.ts';
import type { RequestMetadata, RequestOrigin } from './request-metadata.ts';
import type { CoreServices, Rules } from './services.ts';
import type { View } from './view.ts';

/** A valid request of an authenticated caller. */
export interface UseCaseContext<Input> {
  readonly input: Input;
  readonly caller: Caller;
  readonly request: RequestOrigin;
  /** Epoch milliseconds: one time for the whole decision. */
  readonly now: number;
  readonly ids: Ids;
  readonly rules: Rules;
}

/** The context before the command holds its locks. It has no time, as the keys of a view must not depend on it. */
export type ViewContext<Input> = Omit<UseCaseContext<Input>, 'now'>;

/** A success. Errors are thrown. */
export interface UseCaseResult {
  readonly status: StoredResponse['status'];
  readonly body: JsonBody;
  /** Path of what was created. */
  readonly location: string | null;
}

export interface CommandResult extends UseCaseResult {
  /** For a replay: the request that first got this response. */
  readonly replayedRequestId?: RequestId;
  readonly lendersAdded?: number;
  /** Undefined unless this request has decided on it. */
  readonly decidedHold?: RiskHold | undefined;
}

interface UseCaseBase<Input> {
  /** Its name in metrics, logs and the scope of idempotency keys. */
  readonly endpoint: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly input: z.ZodType<Input> & z.ZodObject;
  readonly output: z.ZodObject;
}

/** The part of a request that is checked before a large body is read. */
export interface CommandHead<Input> {
  /** The members outside of the body. */
  readonly input: z.ZodType<Input>;
  /**
   * Called once more, within the commit, as `authorize` of the command.
   * @returns the loan, by whose currency the body is read
   * @throws DomainError `NOT_FOUND`, `FORBIDDEN`
   */
  authorize(context: UseCaseContext<Input>, services: QueryServices): Promise<Loan>;
}

/** Changes something: view, plan, commit. */
export interface Command<Input> extends UseCaseBase<Input> {
  readonly kind: 'command';
  readonly actor: Actor;
  readonly success: StoredResponse['status'];
  /** Set where the body is large. Takes a storage call. */
  readonly head?: CommandHead<unknown>;
  /** Violations that the schema alone can't find. @param sent the members as sent, valid or not */
  validate?(sent: Readonly<Record<string, unknown>>, caller: Caller): readonly FieldError[];
  /** The keys of all that the decision needs. Commands whose keys share a partition run one after the other. */
  viewKeys(context: ViewContext<Input>): readonly Key<unknown>[];
  /** Further keys, which the items at `viewKeys` refer to. */
  moreViewKeys?(view: View, context: UseCaseContext<Input>): readonly Key<unknown>[];
  /**
   * Called when `authorize` or `plan` throws. Returns an action that may remove the cause, in separate commits; the command is
   * then decided again. Undefined: the error is final.
   */
  recover?(error: unknown, view: View, context: UseCaseContext<Input>): Recovery | undefined;
  /** Runs before a replay too. @throws DomainError `NOT_FOUND`, `FORBIDDEN` */
  authorize(view: View, context: UseCaseContext<Input>): void;
  /** The decision, pure: what to write and the exact response. @throws DomainError */
  plan(view: View, context: UseCaseContext<Input>): Plan;
}

/**
 * Runs while the command holds its locks, so it does a bounded amount.
 * @param deadline that of the command, for `Store.commit`
 * @returns whether it has changed something
 */
export type Recovery = (services: CoreServices, request: RequestMetadata, deadline: number) => Promise<boolean>;

export interface CounterChange {
  readonly key: Key<UsageCounter>;
  readonly data: UsageCounter;
}

export interface Plan {
  /** Left out where the loan is already as requested. */
  readonly change?: LoanChange;
  /** The invitations to the loan that the caller has claimed after this command. */
  readonly claimed?: { readonly key: Key<ClaimedInvitations>; readonly data: ClaimedInvitations };
  readonly counters?: readonly CounterChange[];
  /** A mail that no event of the change causes. */
  readonly outgoingMail?: Omit<OutgoingMail, keyof RequestOrigin>;
  /** A file of lenders, which is processed afterwards. */
  readonly newImport?: { readonly job: Omit<LenderImport, keyof RequestOrigin>; readonly parts: readonly ImportPart[] };
  /** A hold that an operator has decided on, and its mailings that change with it. */
  readonly decidedHold?: { readonly hold: RiskHold; readonly mailings: readonly Mailing[] };
  readonly body: object;
  readonly location?: string;
  readonly lendersAdded?: number;
}

export interface QueryServices {
  readonly store: Pick<Store, 'get' | 'batchGet' | 'list' | 'listIndex'>;
  readonly cursors: Cursors;
  /** For work that grows with what is stored. */
  readonly budget: EventLoopBudget;
  /** Counts what each user reads whole, without pages. */
  readonly exports: KeyedLimit<UserId>;
}

/** Changes nothing. Returns only what the caller may see. */
export interface Query<Input> extends UseCaseBase<Input> {
  readonly kind: 'query';
  read(context: UseCaseContext<Input>, services: QueryServices): Promise<object>;
}

/** One event of a loan, as the subscriber may see it. */
export interface PublishedEvent {
  /** Of the position after this event. */
  readonly cursor: string;
  readonly event: z.output<typeof eventShape>;
}

/** Sends its caller the events of a resource as they happen. The API's transport opens it: see `subscribe`. */
export interface Subscription<Input> extends UseCaseBase<Input> {
  readonly kind: 'subscription';
}

export type UseCase = Command<unknown> | Query<unknown>;
