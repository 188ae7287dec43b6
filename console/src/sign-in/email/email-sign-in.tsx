import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ME_KEY } from '../../app/session-data.ts';
import { writeDraft } from '../sign-in-draft.ts';
import { AddressForm } from './address-form.tsx';
import { CodeElsewhere } from './code-elsewhere.tsx';
import { CodeForm } from './code-form.tsx';
import type { PendingSignIn } from './pending-sign-in.ts';
import { pendingSignIns } from './pending-sign-ins.ts';

interface EmailSignInProps {
  /** Of the mail's link, if that led here. */
  readonly linkCode: string | undefined;
  readonly returnTo: string;
  readonly onSignedIn: (returnTo: string) => Promise<void>;
}

/** Signs in by a code that is sent to an address: first the address, then the code. */
export function EmailSignIn({ linkCode, returnTo, onSignedIn }: EmailSignInProps) {
  const [pending, setPending] = usePending();
  const [isHere, setHere] = useState(false);
  const [opened, setOpened] = useState({ linkCode, challenge: pending?.challenge });
  if (opened.linkCode !== linkCode) setOpened({ linkCode, challenge: pending?.challenge });

  if (pending) {
    // A code that is requested after the link was opened is another one.
    const ownLinkCode = pending.challenge === opened.challenge ? linkCode : undefined;
    return (
      <CodeForm
        pending={pending}
        linkCode={ownLinkCode}
        onChange={setPending}
        onSignedIn={async () => {
          pendingSignIns.clear();
          writeDraft(undefined);
          await onSignedIn(returnTo === '/' ? pending.returnTo : returnTo);
        }}
      />
    );
  }
  if (linkCode !== undefined && !isHere) return <CodeElsewhere code={linkCode} onSignInHere={() => setHere(true)} />;
  return <AddressForm returnTo={returnTo} onSent={setPending} />;
}

/** The code that was sent, also as another tab of this browser changes it. */
function usePending() {
  const queries = useQueryClient();
  const [pending, setPending] = useState(() => pendingSignIns.read(Date.now()));
  useEffect(() => {
    const update = ({ key }: StorageEvent) => {
      if (key !== pendingSignIns.key && key !== null) return;
      setPending(pendingSignIns.read(Date.now()));
      void queries.invalidateQueries({ queryKey: ME_KEY }); // the other tab may have signed in
    };
    window.addEventListener('storage', update);
    return () => window.removeEventListener('storage', update);
  }, [queries]);
  const change = (next: PendingSignIn | undefined) => {
    if (next) pendingSignIns.write(next);
    else pendingSignIns.clear();
    setPending(next);
  };
  return [pending, change] as const;
}
