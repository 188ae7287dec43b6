import type { ImportId, LoanId } from '../domain/ids.ts';
import { importIdOf, isEventBatchKey, isImportKey, loanIdOf, versionIn } from '../storage/keys.ts';
import type { Write } from '../storage/store.ts';

/** Called with a version that the loan has reached. */
export type ChangeListener = (version: number) => void;

/**
 * Notifies listeners in this process of changed loans and imports. A notification is a hint: it may come twice, and late
 * for a change by another process. The truth is the loan's history in the store.
 */
export class ChangeNotifier {
  readonly #loanListeners = new Map<LoanId, Set<ChangeListener>>();
  readonly #listeners = new Set<(loanId: LoanId) => void>();
  readonly #commitListeners = new Set<(writes: readonly Write[]) => void>();
  readonly #importListeners = new Set<(importId: ImportId) => void>();
  readonly #onError: (error: unknown) => void;

  /** @param onError receives what a listener throws: the commit that caused the notification must not fail for it */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Notifies of every event batch and import among the writes of a commit. Never throws. */
  notifyOf(writes: readonly Write[]): void {
    this.#callAll(this.#commitListeners, writes);
    for (const { key } of writes) {
      if (isEventBatchKey(key)) this.notify(loanIdOf(key.partition), versionIn(key));
      else if (isImportKey(key)) this.#callAll(this.#importListeners, importIdOf(key.partition));
    }
  }

  /** Notifies that a loan has reached a version. Never throws. */
  notify(loanId: LoanId, version: number): void {
    this.#callAll(this.#loanListeners.get(loanId) ?? [], version);
    this.#callAll(this.#listeners, loanId);
  }

  /** @returns stops it */
  watch(loanId: LoanId, listener: ChangeListener): () => void {
    const listeners = this.#loanListeners.get(loanId) ?? new Set();
    this.#loanListeners.set(loanId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#loanListeners.get(loanId) === listeners) this.#loanListeners.delete(loanId);
    };
  }

  /** @param listener called for every loan that changes @returns stops it */
  watchAll(listener: (loanId: LoanId) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param listener called with the writes of every commit, before the listeners of what they change @returns stops it */
  watchCommits(listener: (writes: readonly Write[]) => void): () => void {
    this.#commitListeners.add(listener);
    return () => void this.#commitListeners.delete(listener);
  }

  /** @param listener called for every import that is created or has progressed @returns stops it */
  watchImports(listener: (importId: ImportId) => void): () => void {
    this.#importListeners.add(listener);
    return () => void this.#importListeners.delete(listener);
  }

  /** The loans that have a listener of their own. */
  watched(): LoanId[] {
    return [...this.#loanListeners.keys()];
  }

  #callAll<Value>(listeners: Iterable<(value: Value) => void>, value: Value): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
