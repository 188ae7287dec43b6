import type { Invitation } from '@private-lending/client';
import { Button } from '../../design/components/button.tsx';
import { Dialog } from '../../design/components/dialog.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { borrowerName } from '../borrower-name.ts';

interface DeclineDialogProps {
  readonly invitation: Invitation;
  /** Declines an invitation, withdraws an acceptance, or leaves it at a decline by link. */
  readonly kind: 'decline' | 'withdraw' | 'confirmDecline';
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what a decline means: it is final. */
export function DeclineDialog({ invitation, kind, isBusy, onConfirm, onClose }: DeclineDialogProps) {
  const t = useTexts('invitations');
  const { money } = useLocale();
  const texts = {
    borrower: borrowerName(invitation),
    amount: money(invitation.contribution_amount, invitation.loan.currency),
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('keep')}</Button>
      <Button variant="danger" isBusy={isBusy} onClick={onConfirm}>
        {t(`confirm.${kind}`)}
      </Button>
    </>
  );
  return (
    <Dialog title={t(`title.${kind}`)} actions={actions} onClose={onClose}>
      <p>{t(`consequence.${kind}`, texts)}</p>
    </Dialog>
  );
}
