import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
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
  const { state, replace, countTry } = usePending();
  const [left, setLeft] = useState<LinkCode | undefined>(undefined);
  const link = opened === left ? undefined : opened;
  /** What the user does after the link was opened is no longer about its code. */
  const leaveLink = () => setLeft(opened);

  const linked = useMemo(
    () => link && state && pendingSignIns.findByLink(link), // the store has changed where the state has
    [link, state],
  );
  const pending = linked ?? state.pending;
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
  const [state, setState] = useState(() => ({ pending: pendingSignIns.read(Date.now()) }));
  useEffect(() => {
    const update = ({ key }: StorageEvent) => {
      if (key !== pendingSignIns.key && key !== null) return;
      setState({ pending: pendingSignIns.read(Date.now()) });
      void queries.invalidateQueries({ queryKey: ME_KEY }); // the other tab may have signed in
    };
    window.addEventListener('storage', update);
    return () => window.removeEventListener('storage', update);
  }, [queries]);
  return {
    state,
    replace(next: PendingSignIn | undefined) {
      if (next) pendingSignIns.write(next);
      else pendingSignIns.leave(Date.now());
      setState({ pending: next });
    },
    countTry(challenge: string, triesLeft: number) {
      setState({ pending: pendingSignIns.setTriesLeft(challenge, triesLeft) });
    },
  };
}
