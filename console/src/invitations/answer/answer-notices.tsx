import type { Invitation } from '@private-lending/client';
import { useAnnounced } from '../../design/announcer.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { borrowerName } from '../borrower-name.ts';
import type { AnswerConflict } from './answer-conflict.ts';
import type { ShownAmount } from './seen-amount.ts';

/** Says beside the button that the amount is another one than before. */
export function AmountChange({ shown: { amount, before }, currency }: { readonly shown: ShownAmount; readonly currency: string }) {
  const t = useTexts('invitations');
  const { money } = useLocale();
  const text =
    before === undefined || before === amount
      ? undefined
      : t('amountChanged', { before: money(before, currency), amount: money(amount, currency) });
  useAnnounced(text);
  return text === undefined ? null : <p className="notice notice-waiting figures">{text}</p>;
}

interface ConflictNoticeProps {
  readonly conflict: Exclude<AnswerConflict, undefined>;
  readonly invitation: Invitation;
}

/** Why the answer was not taken. What the invitation is now stands beside it. */
export function ConflictNotice({ conflict, invitation }: ConflictNoticeProps) {
  const t = useTexts('invitations');
  const { email: address } = invitation.borrower;
  const text = t(`conflict.${conflict}`, { borrower: borrowerName(invitation), address });
  useAnnounced(text);
  return <p className="notice notice-waiting">{text}</p>;
}
