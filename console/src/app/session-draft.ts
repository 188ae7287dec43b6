/** Drafts are kept per tab, so that a reload, an ended session and the back button lose nothing that was typed. */
const PREFIX = 'draft.';

export interface Draft<Value> {
  readonly value: Value;
  /** Made before the first attempt and kept for all, also in a duplicate of the tab: together they have one effect. */
  readonly idempotencyKey: string;
}

type DraftStorage = Pick<Storage, 'getItem' | 'key' | 'length' | 'removeItem' | 'setItem'>;

/**
 * @param parse returns undefined for what is not such a value, as an older version of the page may have written it
 * @returns undefined if there is none
 */
export function readDraft<Value>(
  storage: DraftStorage,
  name: string,
  parse: (value: unknown) => Value | undefined,
): Draft<Value> | undefined {
  try {
    const stored: unknown = JSON.parse(storage.getItem(PREFIX + name) ?? 'null');
    if (typeof stored !== 'object' || stored === null || !('value' in stored) || !('idempotencyKey' in stored)) return undefined;
    const value = parse(stored.value);
    const { idempotencyKey } = stored;
    return value === undefined || typeof idempotencyKey !== 'string' ? undefined : { value, idempotencyKey };
  } catch {
    return undefined; // not JSON, or the browser denies storage
  }
}

/** A browser that denies storage, or has none left, loses the draft at a reload. */
export function writeDraft(storage: DraftStorage, name: string, draft: Draft<unknown>): void {
  try {
    storage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {}
}

export function removeDraft(storage: DraftStorage, name: string): void {
  try {
    storage.removeItem(PREFIX + name);
  } catch {}
}

/** Of everyone who signed in in this tab. */
export function removeAllDrafts(storage: DraftStorage): void {
  try {
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
    for (const name of names) if (name.startsWith(PREFIX)) storage.removeItem(name);
  } catch {}
}
