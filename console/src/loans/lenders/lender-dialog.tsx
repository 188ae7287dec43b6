import { useState } from 'react';
import { MailNote } from '../../app/mail-note.tsx';
import { Button } from '../../design/components/button.tsx';
import { Dialog } from '../../design/components/dialog.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { AmountForm } from './amount-form.tsx';
import type { LenderActionProps } from './lender-action.ts';
import { ReminderForm } from './reminder-form.tsx';
import { RevokeForm } from './revoke-form.tsx';
import './lender-dialog.css';

/** What a borrower can do about a lender who has not answered. */
export function LenderDialog({ onClose, ...props }: LenderActionProps & { readonly onClose: () => void }) {
  const { t: common, money, date } = useLocale();
  const t = useTexts('loans');
  const { loan, lender, isReadOnly } = props;
  const [step, setStep] = useState<'kept' | 'manage' | 'revoke'>('manage');
  const isPending = lender.status === 'pending'; // they may answer meanwhile
  const isRevoking = isPending && step === 'revoke';
  return (
    <Dialog
      title={<bdi>{lender.name ?? lender.email}</bdi>}
      onClose={onClose}
      actions={
        !isRevoking && (
          <>
            {isPending && (
              <Button variant="quiet" autoFocus={step === 'kept'} onClick={() => setStep('revoke')}>
                {t('revoke.begin')}
              </Button>
            )}
            <Button onClick={onClose}>{t('manage.close')}</Button>
          </>
        )
      }
    >
      <p className="lender-dialog-facts">
        {lender.name !== undefined && <bdi dir="ltr">{lender.email}</bdi>}
        <span className="figures">
          {isPending
            ? t('manage.facts', { amount: money(lender.contribution_amount, loan.currency), date: date(lender.expires_at) })
            : t('manage.answered', { status: common(`status.${lender.status}`) })}
        </span>
      </p>
      {isReadOnly && <p className="field-error">{t('live.readOnly')}</p>}
      {isPending && !isRevoking && (
        <>
          <ReminderForm {...props} />
          <AmountForm {...props} />
          <MailNote />
        </>
      )}
      {isRevoking && <RevokeForm {...props} onCancel={() => setStep('kept')} onRevoked={onClose} />}
    </Dialog>
  );
}
