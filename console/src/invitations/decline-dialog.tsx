import type { Invitation } from '@private-lending/client';
import { Button } from '../design/components/button.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { borrowerName } from './borrower-name.ts';

interface DeclineDialogProps {
  readonly invitation: Invitation;
  /** Of an acceptance. */
  readonly isWithdrawal: boolean;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what a decline means: it is final. */
export function DeclineDialog({ invitation, isWithdrawal, isBusy, onConfirm, onClose }: DeclineDialogProps) {
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
        {t(isWithdrawal ? 'withdrawConfirm' : 'declineConfirm')}
      </Button>
    </>
  );
  return (
    <Dialog title={t(isWithdrawal ? 'withdrawTitle' : 'declineTitle')} actions={actions} onClose={onClose}>
      <p>{isWithdrawal ? t('withdrawConsequence', texts) : t('declineConsequence', texts)}</p>
    </Dialog>
  );
}
