import {
  type AddLendersResponse,
  ConnectionError,
  LendingError,
  UnauthorizedError,
  ValidationError,
} from '@private-lending/client';
import type { TextStore } from '../../app/text-store.ts';
import { type Batch, rejectionsOf } from '../model/batches.ts';
import { type Action, type Draft, emptyDraft, formatDraft, isSending, parseDraft, reduceDraft } from '../model/draft.ts';
import { toUnits } from '../model/shares.ts';
import type { Connection } from './connection.ts';

/** What the store needs from outside. */
export interface InvitationServices {
  /** Sends a batch under its key. */
  readonly send: (batch: Batch, signal: AbortSignal) => PromiseLike<Pick<AddLendersResponse, 'lenders'>>;
  readonly connection: Connection;
  /** Never throws. */
  readonly storage: Pick<TextStore, 'getItem' | 'setItem'>;
  readonly newId: () => string;
  /** Of the currency of the loan. */
  readonly decimals: number;
}

export interface InvitationState {
  readonly draft: Draft;
  readonly isRunning: boolean;
  /** Why sending has stopped. */
  readonly error?: unknown;
}

/**
 * The draft of one user's invitations to one loan. Each change is stored before anything is sent, so that after a reload the same
 * requests are repeated under the same keys, and nobody is invited twice.
 */
export class InvitationStore {
  readonly #name: string;
  readonly #services: InvitationServices;
  readonly #listeners = new Set<() => void>();
  #state: InvitationState;
  #running: AbortController | undefined;
  /** Since the tab was loaded. */
  #hasShownOutcome: boolean = false;

  /** @param name under which the draft is stored */
  constructor(name: string, services: InvitationServices) {
    this.#name = name;
    this.#services = services;
    this.#state = { draft: this.#load() ?? emptyDraft(services.newId()), isRunning: false };
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly snapshot = () => this.#state;

  readonly dispatch = (action: Action) => {
    const draft = reduceDraft(this.#state.draft, action);
    if (draft === this.#state.draft) return;
    this.#save(draft);
    this.#update({ draft });
  };

  /**
   * Starts with a blank table where the draft is complete, and the user has seen that or passes rows from another page. To be called
   * when the page is opened.
   * @param visit of the page: a reload shows the outcome again. Undefined where the visit has just begun
   */
  readonly open = (visit: string | undefined, hasPrefill: boolean) => {
    const { isComplete, seenIn } = this.#state.draft.sent;
    const isSeen = this.#hasShownOutcome || (seenIn !== undefined && seenIn !== visit);
    if (isComplete && (hasPrefill || isSeen)) this.reset();
  };

  /** To be called when the page shows that everybody was invited. */
  readonly seeOutcome = (visit: string) => {
    this.#hasShownOutcome = true;
    this.dispatch({ type: 'outcome seen', visit });
  };

  /** Starts with a blank table. */
  readonly reset = () => {
    this.#hasShownOutcome = false;
    this.dispatch({ type: 'reset', seed: this.#services.newId() });
  };

  /**
   * Sends the batches of the draft one after another, until one can't be sent. The rows of a rejected batch are marked, and the next
   * is sent. Without a network it waits for one. Does nothing while it is running.
   */
  readonly run = async () => {
    if (this.#state.isRunning) return;
    const running = new AbortController();
    this.#running = running;
    this.#update({ isRunning: true, error: undefined });
    try {
      for (let [batch] = this.#state.draft.batches; batch; [batch] = this.#state.draft.batches)
        await this.#sendWhenOnline(batch, running.signal);
      this.#update({ isRunning: false });
    } catch (error) {
      if (running.signal.aborted) return; // by the user
      // With such an error the call had no effect and never will: its rows can be changed. A session may begin again.
      const isFinal = error instanceof LendingError && !error.retryable && !(error instanceof UnauthorizedError);
      if (isFinal) this.dispatch({ type: 'stop sending' });
      this.#update({ isRunning: false, error });
    }
  };

  /** Lets the user change the rows that are not sent yet, or could not be. */
  readonly stop = () => {
    this.#running?.abort();
    this.dispatch({ type: 'stop sending' });
    this.#update({ isRunning: false, error: undefined });
  };

  /** Does not repeat a request that fails while the browser is offline, but waits. */
  async #sendWhenOnline(batch: Batch, signal: AbortSignal): Promise<void> {
    const { connection } = this.#services;
    await connection.whenOnline(signal);
    try {
      await this.#sendBatch(batch, signal);
    } catch (error) {
      if (!(error instanceof ConnectionError) || connection.isOnline()) throw error;
    }
  }

  async #sendBatch(batch: Batch, signal: AbortSignal): Promise<void> {
    const { key, lenders } = batch;
    try {
      const { lenders: invited } = await this.#services.send(batch, signal);
      const { decimals } = this.#services;
      const units = lenders.reduce((sum, lender) => sum + toUnits(lender.contribution_amount, { decimals, code: '' }), 0);
      const { expires_at: expiresAt, invited_at: invitedAt } = invited[0] ?? {};
      this.dispatch({ type: 'batch succeeded', key, units, expiresAt, invitedAt, seed: this.#services.newId() });
    } catch (error) {
      if (!(error instanceof ValidationError) || error.details.length === 0) throw error;
      this.dispatch({ type: 'batch rejected', key, rejections: rejectionsOf(lenders, error.details) });
    }
  }

  #load(): Draft | undefined {
    return parseDraft(this.#services.storage.getItem(this.#name));
  }

  #save(draft: Draft): void {
    this.#services.storage.setItem(this.#name, formatDraft(draft));
  }

  #update(change: Partial<InvitationState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether a draft was being sent when its page was closed or its session ended: there is nothing to correct or to wait for. */
export function isInterrupted({ draft, isRunning, error }: InvitationState): boolean {
  return isSending(draft) && !isRunning && (error === undefined || error instanceof UnauthorizedError);
}
