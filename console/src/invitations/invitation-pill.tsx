import type { Invitation } from '@private-lending/client';
import { StatusPill } from '../design/components/status-pill.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { isClosedBelow } from '../loans/raised-amount.ts';
import { shownStatus } from './shown-status.ts';

interface InvitationPillProps {
  readonly invitation: Invitation;
  /** Whether the user has declined after they had accepted. */
  readonly isWithdrawn?: boolean;
}

/** The status of an invitation as a lender sees it. */
export function InvitationPill({ invitation, isWithdrawn = false }: InvitationPillProps) {
  const { t } = useLocale();
  const status = shownStatus(invitation);
  const isClosed = status === 'funded' && isClosedBelow(invitation.loan);
  const text = isWithdrawn ? t('status.withdrawn') : isClosed ? t('status.closed') : undefined;
  return <StatusPill status={status} text={text} />;
}
