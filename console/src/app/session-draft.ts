import { tabStore } from './text-store.ts';

/** Drafts are kept per tab, so that a reload, an ended session and the back button lose nothing that was typed. */
const PREFIX = 'draft.';

export interface Draft<Value> {
  readonly value: Value;
  /** Made before the first attempt and kept for all, also in a duplicate of the tab: together they have one effect. */
  readonly idempotencyKey: string;
}

/**
 * @param parse returns undefined for what is not such a value, as an older version of the page may have written it
 * @returns undefined if there is none
 */
export function readDraft<Value>(name: string, parse: (value: unknown) => Value | undefined): Draft<Value> | undefined {
  try {
    const stored: unknown = JSON.parse(tabStore.getItem(PREFIX + name) ?? 'null');
    if (typeof stored !== 'object' || stored === null || !('value' in stored) || !('idempotencyKey' in stored)) return undefined;
    const value = parse(stored.value);
    const { idempotencyKey } = stored;
    return value === undefined || typeof idempotencyKey !== 'string' ? undefined : { value, idempotencyKey };
  } catch {
    return undefined; // not JSON
  }
}

export function writeDraft(name: string, draft: Draft<unknown>): void {
  tabStore.setItem(PREFIX + name, JSON.stringify(draft));
}

export function removeDraft(name: string): void {
  tabStore.removeItem(PREFIX + name);
}

/** Of everyone who signed in in this tab. */
export function removeAllDrafts(): void {
  tabStore.removeAll(PREFIX);
}
