import type { ImportId, LoanId } from '../domain/ids.ts';
import { importIdOf, isEventBatchKey, isImportKey, loanIdOf, versionIn } from '../storage/keys.ts';
import type { Write } from '../storage/store.ts';

/** Told that a loan has come to a version. */
export type ChangeListener = (version: number) => void;

/**
 * Who in this process wants to know at once that a loan, or an import into one, has changed. What is told is a hint: it may come twice, and from
 * other processes late; the truth is the loan's history in the store.
 */
export class ChangeNotifier {
  readonly #wakes = new Map<LoanId, Set<ChangeListener>>();
  readonly #listeners = new Set<(loanId: LoanId) => void>();
  readonly #importListeners = new Set<(importId: ImportId) => void>();
  readonly #onFault: (fault: unknown) => void;

  /** @param onFault told of what a watcher throws: whoever has committed has nothing to do with that */
  constructor(onFault: (fault: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Tells of every chapter and import among the writes of a commit. Never throws. */
  notifyOf(writes: readonly Write[]): void {
    for (const { key } of writes) {
      if (isEventBatchKey(key)) this.tell(loanIdOf(key.partition), versionIn(key));
      else if (isImportKey(key)) this.#tellOfImport(importIdOf(key.partition));
    }
  }

  /** Tells that a loan has a version. Never throws. */
  tell(loanId: LoanId, version: number): void {
    for (const wake of this.#wakes.get(loanId) ?? []) this.#safely(() => wake(version));
    for (const listener of this.#listeners) this.#safely(() => listener(loanId));
  }

  /** @returns ends it */
  watch(loanId: LoanId, wake: ChangeListener): () => void {
    const wakes = this.#wakes.get(loanId) ?? new Set();
    this.#wakes.set(loanId, wakes.add(wake));
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0 && this.#wakes.get(loanId) === wakes) this.#wakes.delete(loanId);
    };
  }

  /** @param listener told of every loan that changes @returns ends it */
  watchAll(listener: (loanId: LoanId) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param listener told of every import that is opened, or has taken a step @returns ends it */
  watchImports(listener: (importId: ImportId) => void): () => void {
    this.#importListeners.add(listener);
    return () => void this.#importListeners.delete(listener);
  }

  /** The loans that somebody watches. */
  watched(): LoanId[] {
    return [...this.#wakes.keys()];
  }

  #tellOfImport(importId: ImportId): void {
    for (const listener of this.#importListeners) this.#safely(() => listener(importId));
  }

  #safely(work: () => void): void {
    try {
      work();
    } catch (fault) {
      this.#onFault(fault);
    }
  }
}
