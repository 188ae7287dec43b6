import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ME_KEY } from '../../app/session-data.ts';
import { writeDraft } from '../sign-in-draft.ts';
import { AddressForm } from './address-form.tsx';
import { CodeElsewhere } from './code-elsewhere.tsx';
import { CodeForm } from './code-form.tsx';
import { codeFor, type LinkCode } from './code-text.ts';
import type { PendingSignIn } from './pending-sign-in.ts';
import { pendingSignIns } from './pending-sign-ins.ts';

interface EmailSignInProps {
  /** Of the mail's link, if that led here. */
  readonly link: LinkCode | undefined;
  readonly returnTo: string;
  readonly onSignedIn: (returnTo: string) => Promise<void>;
}

/** Signs in by a code that is sent to an address: first the address, then the code. */
export function EmailSignIn({ link: opened, returnTo, onSignedIn }: EmailSignInProps) {
  const { pending, replace, countTry } = usePending();
  const [left, setLeft] = useState<LinkCode | undefined>(undefined);
  const link = opened === left ? undefined : opened;
  /** What the user does after the link was opened is no longer about its code. */
  const leaveLink = () => setLeft(opened);

  if (pending) {
    const linkCode = link && codeFor(pending.challenge, link);
    return (
      <CodeForm
        pending={pending}
        linkCode={linkCode}
        isOtherLink={link !== undefined && linkCode === undefined}
        onReplace={(next) => {
          leaveLink();
          replace(next);
        }}
        onWrong={countTry}
        onSignedIn={async () => {
          pendingSignIns.clear();
          writeDraft(undefined);
          await onSignedIn(returnTo === '/' ? pending.returnTo : returnTo);
        }}
      />
    );
  }
  if (link !== undefined) return <CodeElsewhere code={link.code} onSignInHere={leaveLink} />;
  return <AddressForm returnTo={returnTo} onSent={replace} />;
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
  return {
    pending,
    replace(next: PendingSignIn | undefined) {
      if (next) pendingSignIns.write(next);
      else pendingSignIns.clear();
      setPending(next);
    },
    countTry(challenge: string, triesLeft: number) {
      setPending(pendingSignIns.setTriesLeft(challenge, triesLeft));
    },
  };
}
