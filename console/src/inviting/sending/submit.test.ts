import { describe, expect, it } from 'vitest';
import type { ValidationContext } from '../model/validate.ts';
import { InvitationStore } from './invitation-store.ts';
import { submitDraft } from './submit.ts';

const CONTEXT: ValidationContext = {
  currency: { code: 'USD', decimals: 2 },
  language: 'en',
  ownEmail: 'owner@example.com',
  invited: new Map(),
};

function setUp() {
  const sent: { readonly email: string; readonly contribution_amount: string }[] = [];
  const items = new Map<string, string>();
  const store = new InvitationStore('draft', {
    send: async ({ lenders }) => {
      sent.push(...lenders.map(({ email, contribution_amount }) => ({ email, contribution_amount })));
      return { lenders: [] };
    },
    connection: { isOnline: () => true, whenOnline: async () => {} },
    storage: { getItem: (name) => items.get(name) ?? null, setItem: (name, value) => void items.set(name, value) },
    newId: () => 'id',
    decimals: 2,
  });
  const type = (field: 'email' | 'amount', value: string) => store.dispatch({ type: 'edit', rowId: 1, field, value });
  return { sent, store, type };
}

function free(units: number) {
  return { known: units, read: async () => units };
}

describe('submitDraft', () => {
  it('sends nothing of a blank table, with a problem, or beyond what is free', async () => {
    const { sent, store, type } = setUp();
    expect(await submitDraft(store, CONTEXT, free(1000))).toBe('nobody');
    type('email', 'ann@example.com');
    expect(await submitDraft(store, CONTEXT, free(1000))).toBe('problems');
    type('amount', '10.01');
    expect(await submitDraft(store, CONTEXT, free(1000))).toBe('too much');
    expect(sent).toEqual([]);
  });

  it('sends where more is free than the page knew', async () => {
    const { sent, store, type } = setUp();
    type('email', 'ann@example.com');
    type('amount', '50');
    expect(await submitDraft(store, CONTEXT, { known: 0, read: async () => 5000 })).toBeUndefined();
    expect(sent).toEqual([{ email: 'ann@example.com', contribution_amount: '50' }]);
  });

  it('sends what was typed while the loan was read', async () => {
    const { sent, store, type } = setUp();
    type('email', 'ann@example.com');
    type('amount', '50');
    const read = async () => {
      type('amount', '5');
      return 10_000;
    };
    await submitDraft(store, CONTEXT, { known: 4000, read });
    expect(sent).toEqual([{ email: 'ann@example.com', contribution_amount: '5' }]);
  });

  it('sends once for two presses', async () => {
    const { sent, store, type } = setUp();
    type('email', 'ann@example.com');
    type('amount', '50');
    const room = { known: 0, read: async () => 5000 };
    await Promise.all([submitDraft(store, CONTEXT, room), submitDraft(store, CONTEXT, room)]);
    expect(sent).toHaveLength(1);
  });
});
