import { RateLimitError } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';
import { useAction } from '../../app/use-action.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { unbroken } from '../../design/components/unbroken.ts';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import type { LenderActionProps } from './lender-action.ts';
import { nextMailAt } from './next-mail.ts';

/** A shorter wait is that of the request rate, and counted down. */
const LONG_WAIT_SECONDS = 300;

/** Sends a reminder: one a day at most. */
export function ReminderForm({ loan, lender, isReadOnly }: LenderActionProps) {
  const { deadline } = useLocale();
  const t = useTexts('loans');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const nextKey = [...keys.loan(loan.loan_id), 'next-reminder', lender.lender_id];
  const mailAt = nextMailAt(lender, Date.now());
  const describeDone = (time: string) =>
    mailAt === undefined ? t('remind.done', { time: deadline(time) }) : t('remind.doneLater', { sendTime: deadline(mailAt) });
  const [next, setNext] = useState(() => queries.getQueryData<string>(nextKey));
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const remember = (time: string) => {
    queries.setQueryData(nextKey, time);
    setNext(time);
  };
  const remind = useAction({
    mutationFn: async () => await lending.remindLender(loan.loan_id, lender.lender_id, { idempotencyKey }),
    onSuccess: ({ next_reminder_at: time }) => {
      remember(time);
      announce(describeDone(time));
    },
    onError: (error) => {
      const wait = error instanceof RateLimitError ? (error.retryAfter ?? 0) : 0;
      if (wait > LONG_WAIT_SECONDS) remember(new Date(Date.now() + wait * 1000).toISOString());
    },
  });
  const isDue = next === undefined || Date.parse(next) <= Date.now();
  return (
    <section className="lender-dialog-part">
      <h3>{t('remind.title')}</h3>
      {isDue ? (
        <p className="small">
          {unbroken(mailAt === undefined ? t('remind.text') : t('remind.later', { sendTime: deadline(mailAt) }))}
        </p>
      ) : (
        <p>{remind.isSuccess ? describeDone(next) : t('remind.notYet', { time: deadline(next) })}</p>
      )}
      {isDue && remind.error && <ProblemNotice error={remind.error} onRetry={() => remind.mutate()} />}
      <div>
        <Button isBusy={remind.isPending} disabled={isReadOnly || !isDue} onClick={() => remind.mutate()}>
          {t('remind.submit')}
        </Button>
      </div>
    </section>
  );
}
