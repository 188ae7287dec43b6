import type { Invitation } from '@private-lending/client';
import { useState } from 'react';
import { nextShownAmount, type ShownAmount } from './seen-amount.ts';

/** The amount that the page shows, and what it showed before. */
export function useShownAmount(invitation: Invitation): ShownAmount {
  const [shown, setShown] = useState(() => nextShownAmount(undefined, invitation, Date.now()));
  const next = nextShownAmount(shown, invitation, Date.now());
  if (next !== shown) setShown(next);
  return next;
}
