import type * as z from 'zod';
import type { FieldError } from '../domain/errors.ts';
import type { Answer, InvitationCounter } from '../domain/idempotency.ts';
import type { Caller } from '../domain/identity.ts';
import type { Ids } from '../domain/ids.ts';
import type { ClaimedInvitations } from '../domain/lender.ts';
import type { ImportPart, LenderImport } from '../domain/lender-import.ts';
import type { Change } from '../domain/loan.ts';
import type { Actor } from '../domain/loan-events.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import type { Cursors } from '../pagination/cursors.ts';
import type { eventShape } from '../schemas/responses.ts';
import type { Key, Store } from '../storage/store.ts';
import type { RequestMetadata } from './request-metadata.ts';
import type { CoreServices, Rules } from './services.ts';
import type { View } from './view.ts';

/** A request that is well-formed and whose sender is known. */
export interface CommandContext<Input> {
  readonly input: Input;
  readonly caller: Caller;
  /** Epoch milliseconds; one moment for the whole decision. */
  readonly now: number;
  readonly ids: Ids;
  readonly rules: Rules;
}

interface UseCaseBase<Input> {
  /** Its name in metrics, logs and the scope of idempotency keys. */
  readonly endpoint: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly input: z.ZodType<Input> & z.ZodObject;
  readonly output: z.ZodObject;
}

/** Changes something, on the one road: view, plan, commit. */
export interface Command<Input> extends UseCaseBase<Input> {
  readonly kind: 'command';
  readonly actor: Actor;
  readonly success: Answer['status'];
  /** What the schema alone can't see in a request; it gets the request as sent, well-formed or not. */
  form?(sent: Readonly<Record<string, unknown>>, caller: Caller): readonly FieldError[];
  /** The keys of all that the decision needs. Commands that share a partition among them take turns. */
  view(context: CommandContext<Input>): readonly Key<unknown>[];
  /** Keys besides those of `view` that a look at these has shown to matter. */
  viewAlso?(view: View, context: CommandContext<Input>): readonly Key<unknown>[];
  /**
   * Called when `plan` throws. Returns an action that may remove the cause, in commits of its own, after which the
   * command is decided again, once. Undefined lets the error stand.
   */
  recover?(error: unknown, view: View, context: CommandContext<Input>): Recovery | undefined;
  /** Throws where the caller may not do this, before even a replay is answered. */
  authorize(view: View, context: CommandContext<Input>): void;
  /** The decision, pure: throws a refusal, or says what is to be written and the exact answer. */
  plan(view: View, context: CommandContext<Input>): Plan;
}

/** Runs while the command holds the lock on its partitions. */
export type Recovery = (services: CoreServices, origin: Pick<RequestMetadata, 'requestId' | 'traceparent'>) => Promise<void>;

export interface CounterChange {
  readonly key: Key<InvitationCounter>;
  readonly data: InvitationCounter;
  /** Epoch milliseconds from which nobody asks for it any more. */
  readonly expiresAt: number;
}

export interface Plan {
  /** Left out where the request finds everything as it wants it. */
  readonly change?: Change;
  /** Which rows the caller holds from now on. */
  readonly claimed?: { readonly key: Key<ClaimedInvitations>; readonly data: ClaimedInvitations };
  readonly counter?: CounterChange;
  /** A mail that is to be sent for it, besides those that follow from the change. */
  readonly outgoingMail?: Omit<OutgoingMail, 'requestId' | 'traceparent'>;
  /** A file of lenders that is taken in, to be seen to afterwards. */
  readonly newImport?: { readonly job: Omit<LenderImport, 'requestId' | 'traceparent'>; readonly parts: readonly ImportPart[] };
  readonly body: object;
  readonly location?: string;
  readonly lendersAdded?: number;
}

export interface QueryServices {
  readonly store: Pick<Store, 'get' | 'batchGet' | 'list' | 'listIndex'>;
  readonly cursors: Cursors;
}

/** Changes nothing, and answers its sender's own things only. */
export interface Query<Input> extends UseCaseBase<Input> {
  readonly kind: 'query';
  read(context: CommandContext<Input>, reading: QueryServices): Promise<object>;
}

/** One event of a loan, as its viewer may see it. */
export interface PublishedEvent {
  /** A position behind it, to go on from. */
  readonly cursor: string;
  readonly event: z.output<typeof eventShape>;
}

/** Sends its caller the events of a resource as they happen. Opened by the API's transport: see `subscribe`. */
export interface Subscription<Input> extends UseCaseBase<Input> {
  readonly kind: 'subscription';
}

export type UseCase = Command<unknown> | Query<unknown>;
