import { ApiError } from '@private-lending/client';
import { parseCurrency } from '@private-lending/locale/currencies';
import { parseAmount } from '@private-lending/locale/read-amount';
import { type FormEvent, useRef, useState } from 'react';
import { lending } from '../../api/clients.ts';
import { useAction } from '../../app/use-action.ts';
import { sumOf } from '../../design/amounts.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { TextField } from '../../design/components/field.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useAmountProblem } from '../../i18n/use-amount-problem.ts';
import { useTexts } from '../../i18n/use-texts.ts';
import type { LenderActionProps } from './lender-action.ts';
import { nextMailAt } from './next-mail.ts';

/** Changes what a lender is asked for. */
export function AmountForm({ loan, lender, isReadOnly, onChanged }: LenderActionProps) {
  const { amount: format, money, deadline, language } = useLocale();
  const t = useTexts('loans');
  const announce = useAnnounce();
  const describe = useAmountProblem();
  const mailAt = nextMailAt(lender, Date.now());
  const notice = mailAt === undefined ? t('change.mail') : t('change.mailLater', { sendTime: deadline(mailAt) });
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => format(lender.contribution_amount, loan.currency));
  const [isChecked, setChecked] = useState(false);
  // Another amount is another request.
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const currency = parseCurrency(loan.currency);
  const max = sumOf(loan.remaining, lender.contribution_amount, loan.currency);
  const read = currency && parseAmount(text, currency, language);
  const amount = read && 'amount' in read ? read.amount : undefined;
  const change = useAction({
    mutationFn: async (contribution: string) =>
      await lending.changeLender(loan.loan_id, lender.lender_id, { contribution_amount: contribution }, { idempotencyKey }),
    onSuccess: ({ lender: changed }) => {
      onChanged(changed);
      announce(t('change.done', { amount: money(changed.contribution_amount, loan.currency) }));
      setIdempotencyKey(crypto.randomUUID());
    },
    onError: () => input.current?.focus(),
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setChecked(true);
    if (amount === undefined) input.current?.focus();
    else if (!isReadOnly) change.mutate(amount);
  };
  const problem = currency && read && 'problem' in read ? describe(read.problem, text, currency) : undefined;
  const detail = change.error instanceof ApiError ? change.error.details[0] : undefined;
  const rejected = detail && (detail.code === 'OVER_FUNDING' ? tooMuch() : t('problem.amountRejected'));
  return (
    <form className="lender-dialog-part" noValidate onSubmit={submit}>
      <h3>{t('change.title')}</h3>
      <TextField
        ref={input}
        label={t('change.amount')}
        hint={t('change.hint', { max: money(max, loan.currency), notice })}
        error={(isChecked ? problem : undefined) ?? rejected}
        suffix={loan.currency}
        inputMode="decimal"
        autoComplete="off"
        readOnly={change.isPending}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setIdempotencyKey(crypto.randomUUID());
          change.reset();
        }}
      />
      {change.error && rejected === undefined && <ProblemNotice error={change.error} onRetry={() => submit()} />}
      {change.isSuccess && <p>{t('change.done', { amount: money(lender.contribution_amount, loan.currency) })}</p>}
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={isReadOnly}>
          {t('change.submit')}
        </Button>
      </div>
    </form>
  );

  function tooMuch(): string {
    // The figures of a page that is behind do not explain it.
    return Number(change.variables) > max ? t('change.tooMuch', { max: money(max, loan.currency) }) : t('change.tooMuchByNow');
  }
}
