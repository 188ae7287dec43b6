import { Card } from '../design/components/card.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { DeclineByLink, OptOutByLink } from './link-action.tsx';
import { useLinkOutcome } from './use-link-outcome.ts';
import type { LinkState } from './use-link-state.ts';

interface WithoutAccountProps {
  readonly token: string | undefined;
  readonly loanId: string;
  readonly declined: ReturnType<typeof useLinkOutcome>;
  readonly state: LinkState;
  /** The invitation has changed since its state was read. */
  readonly onConflict: () => Promise<unknown>;
  /** Of the user who is signed in, and whose invitation it is not. */
  readonly otherAddress?: string;
}

/** What can be done without signing in, with the token of the mail's link. */
export function WithoutAccount({ token, loanId, declined, state, onConflict, otherAddress }: WithoutAccountProps) {
  const t = useTexts('invitations');
  const optedOut = useLinkOutcome('opt-out', 'opt-out', token);
  const canDecline = state === 'open' || declined.isDone;
  return (
    <Card title={t(otherAddress === undefined ? 'linkWithoutTitle' : 'linkWithoutTitleOther')}>
      {token === undefined ? (
        <p>{t('linkIncomplete')}</p>
      ) : (
        <>
          {otherAddress !== undefined && <p>{t('linkWithoutTextOther', { address: otherAddress })}</p>}
          {otherAddress !== undefined && state === 'ended' && <p>{t('linkEndedText')}</p>}
          {canDecline && !declined.isDone && <p>{t('linkWithoutText')}</p>}
          <div className="actions">
            {canDecline && (
              <DeclineByLink
                token={token}
                undoPath={`/app/invitations/${encodeURIComponent(loanId)}`}
                isDone={declined.isDone}
                onDone={declined.finish}
                onConflict={onConflict}
              />
            )}
            <OptOutByLink token={token} undoPath="/mail/opt-out" isDone={optedOut.isDone} onDone={optedOut.finish} />
          </div>
        </>
      )}
    </Card>
  );
}
