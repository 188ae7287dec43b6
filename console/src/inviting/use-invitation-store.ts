import type { Currency } from '@private-lending/locale/currencies';
import { useState, useSyncExternalStore } from 'react';
import { lending } from '../api/clients.ts';
import { currentVisit } from '../app/page-visit.ts';
import { tabStore } from '../app/text-store.ts';
import { bodyOf } from './model/batches.ts';
import { hasPrefill } from './prefill.ts';
import { browserConnection } from './sending/connection.ts';
import { type InvitationState, InvitationStore } from './sending/invitation-store.ts';

/** Names begin with `draft.`: signing out removes what is stored under such names. One for each draft: what is being sent continues while another page is shown. */
const stores = new Map<string, InvitationStore>();

/**
 * The draft of a user's invitations to a loan. It survives a reload, the end of the session and the back button. A page that is opened
 * after the user has seen that everybody was invited, or to which another page passes rows, begins with a blank table. A reload shows
 * that again.
 */
export function useInvitationStore(userId: string, loanId: string, currency: Currency): [InvitationStore, InvitationState] {
  const [store] = useState(() => {
    const opened = storeOf(userId, loanId, currency);
    opened.open(currentVisit(), hasPrefill(loanId));
    return opened;
  });
  return [store, useSyncExternalStore(store.subscribe, store.snapshot)];
}

function storeOf(userId: string, loanId: string, { decimals }: Currency): InvitationStore {
  const name = `draft.inviting.${userId}.${loanId}`;
  const store =
    stores.get(name) ??
    new InvitationStore(name, {
      send: ({ key, lenders }, signal) => lending.addLenders(loanId, bodyOf(lenders), { idempotencyKey: key, signal }),
      connection: browserConnection,
      storage: tabStore,
      newId: () => crypto.randomUUID(),
      decimals,
    });
  stores.set(name, store);
  return store;
}
