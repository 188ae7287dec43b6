import { describe, expect, it } from 'vitest';
import { readDraft, removeAllDrafts, removeDraft, writeDraft } from './session-draft.ts';

function memoryStorage() {
  const values = new Map<string, string>();
  return {
    values,
    get length() {
      return values.size;
    },
    key: (index: number) => [...values.keys()][index] ?? null,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

describe('session draft', () => {
  it('returns what was written, with its idempotency key', () => {
    const storage = memoryStorage();
    writeDraft(storage, 'loan', { value: 'typed', idempotencyKey: 'K' });
    expect(readDraft(storage, 'loan', text)).toEqual({ value: 'typed', idempotencyKey: 'K' });
    removeDraft(storage, 'loan');
    expect(readDraft(storage, 'loan', text)).toBeUndefined();
  });

  it.each(['not JSON', 'null', '{"value":1,"idempotencyKey":"K"}', '{"value":"typed"}'])('ignores a stored %s', (stored) => {
    const storage = memoryStorage();
    storage.setItem('draft.loan', stored);
    expect(readDraft(storage, 'loan', text)).toBeUndefined();
  });

  it('removes all drafts and nothing else', () => {
    const storage = memoryStorage();
    for (const name of ['a', 'b']) writeDraft(storage, name, { value: 'typed', idempotencyKey: 'K' });
    storage.setItem('other', '1');
    removeAllDrafts(storage);
    expect([...storage.values.keys()]).toEqual(['other']);
  });

  it('works without storage', () => {
    const denied = () => {
      throw new Error('SecurityError');
    };
    const storage = { length: 0, key: denied, getItem: denied, setItem: denied, removeItem: denied };
    writeDraft(storage, 'loan', { value: 'typed', idempotencyKey: 'K' });
    expect(readDraft(storage, 'loan', text)).toBeUndefined();
  });
});
