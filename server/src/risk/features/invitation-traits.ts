import { type Address, addressOf } from './address.ts';
import { type LocalPartTraits, localPartTraits } from './local-parts.ts';
import { type NameTraits, nameTraits } from './names.ts';
import type { RiskInvitation } from './risk-batch.ts';

/** What the features take from one invitation, whatever else is in its window. */
export interface InvitationTraits extends NameTraits {
  readonly address: Address;
  readonly localPart: LocalPartTraits;
}

/** Of the invitations in use: each is judged again with the later batches of its sender. */
const known = new WeakMap<RiskInvitation, InvitationTraits>();

export function traitsOf(invitation: RiskInvitation): InvitationTraits {
  const before = known.get(invitation);
  if (before) return before;
  const address = addressOf(invitation.email);
  const traits = { ...nameTraits(invitation.name, address), address, localPart: localPartTraits(address.local) };
  known.set(invitation, traits);
  return traits;
}
