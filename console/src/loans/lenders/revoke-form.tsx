import { useState } from 'react';
import { lending } from '../../api/clients.ts';
import { useAction } from '../../app/use-action.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import type { LenderActionProps } from './lender-action.ts';

interface RevokeFormProps extends LenderActionProps {
  readonly onCancel: () => void;
  readonly onRevoked: () => void;
}

/** Asks whether to revoke an invitation, and says what follows from it. */
export function RevokeForm({ loan, lender, isReadOnly, onChanged, onCancel, onRevoked }: RevokeFormProps) {
  const { money } = useLocale();
  const t = useTexts('loans');
  const announce = useAnnounce();
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const revoke = useAction({
    mutationFn: async () => await lending.revokeLender(loan.loan_id, lender.lender_id, { idempotencyKey }),
    onSuccess: ({ lender: changed }) => {
      onChanged(changed);
      announce(t('revoke.done'));
      onRevoked();
    },
  });
  const amount = money(lender.contribution_amount, loan.currency);
  return (
    <section className="lender-dialog-part">
      <h3>{t('revoke.question')}</h3>
      <ul className="bullets">
        <li>{t('revoke.cannotAccept')}</li>
        <li>{t('revoke.frees', { amount })}</li>
        <li>{t('revoke.noMail')}</li>
        <li>{t('revoke.again')}</li>
      </ul>
      {revoke.error && <ProblemNotice error={revoke.error} onRetry={() => revoke.mutate()} />}
      <div className="dialog-actions">
        <Button autoFocus onClick={onCancel}>
          {t('revoke.keep')}
        </Button>
        <Button variant="danger" isBusy={revoke.isPending} disabled={isReadOnly} onClick={() => revoke.mutate()}>
          {t('revoke.submit')}
        </Button>
      </div>
    </section>
  );
}
