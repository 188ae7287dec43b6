import { beforeEach, describe, expect, it } from 'vitest';
import { readDraft, removeAllDrafts, removeDraft, writeDraft } from './session-draft.ts';
import { tabStore } from './text-store.ts';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

beforeEach(() => tabStore.removeAll(''));

describe('session draft', () => {
  it('returns what was written, with its idempotency key', () => {
    writeDraft('loan', { value: 'typed', idempotencyKey: 'K' });
    expect(readDraft('loan', text)).toEqual({ value: 'typed', idempotencyKey: 'K' });
    removeDraft('loan');
    expect(readDraft('loan', text)).toBeUndefined();
  });

  it.each(['not JSON', 'null', '{"value":1,"idempotencyKey":"K"}', '{"value":"typed"}'])('ignores a stored %s', (stored) => {
    tabStore.setItem('draft.loan', stored);
    expect(readDraft('loan', text)).toBeUndefined();
  });

  it('removes all drafts and nothing else', () => {
    for (const name of ['a', 'b']) writeDraft(name, { value: 'typed', idempotencyKey: 'K' });
    tabStore.setItem('other', '1');
    removeAllDrafts();
    expect([readDraft('a', text), readDraft('b', text), tabStore.getItem('other')]).toEqual([undefined, undefined, '1']);
  });
});
