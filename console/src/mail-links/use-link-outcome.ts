import { useState } from 'react';
import { tabStore } from '../app/text-store.ts';
import { type LinkActionName, LinkOutcome } from './link-outcome.ts';

/** Whether the link of a mail was used in this tab, also before a reload. */
export function useLinkOutcome(key: string, action: LinkActionName, token: string | undefined) {
  const [outcome] = useState(() => new LinkOutcome(tabStore, key, action));
  const [doneToken, setDoneToken] = useState(() => (token !== undefined && outcome.isDone(token) ? token : undefined));
  return {
    isDone: token !== undefined && doneToken === token,
    finish() {
      if (token !== undefined) outcome.set(token);
      setDoneToken(token);
    },
    undo() {
      outcome.clear();
      setDoneToken(undefined);
    },
  };
}
