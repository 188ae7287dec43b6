import type { Currency } from '@private-lending/locale/currencies';
import { parseAmount } from '@private-lending/locale/read-amount';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../design/components/button.tsx';
import { TextField } from '../design/components/field.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import type { Row } from './model/rows.ts';
import { fromUnits, splitEvenly } from './model/shares.ts';
import type { Validation } from './model/validate.ts';
import type { InvitationStore } from './sending/invitation-store.ts';
import { useProblemText } from './use-problem-text.ts';

interface AmountsPanelProps {
  readonly store: InvitationStore;
  readonly validation: Validation;
  readonly currency: Currency;
  /** Of the loan, in minor units. */
  readonly remaining: number;
}

/** An amount for all rows at once. */
export function AmountsPanel({ store, validation, currency, remaining }: AmountsPanelProps) {
  const t = useTexts('inviting');
  const { money, amount: format } = useLocale();
  const { filled, total } = validation;
  const blank = filled.filter(({ amount }) => amount.trim() === '');
  const isRest = blank.length > 0 && blank.length < filled.length;
  const [targets, units] = isRest ? [blank, Math.max(0, remaining - total)] : [filled, remaining];
  const amount = money(fromUnits(units, currency), currency.code);
  const fillIn = (rows: readonly Row[], amountAt: (index: number) => string) => {
    const amounts = new Map(rows.map(({ id }, index) => [id, format(amountAt(index), currency.code)]));
    store.dispatch({ type: 'fill amounts', amounts });
  };
  const share = () => {
    const shares = splitEvenly(units, targets.length);
    fillIn(targets, (index) => fromUnits(shares[index] ?? 0, currency));
  };
  const key = isRest ? 'amounts.shareRest' : 'amounts.shareAll';
  return (
    <details className="amounts-panel">
      <summary>{t('amounts.title')}</summary>
      <div className="stack">
        <SameAmount currency={currency} isDisabled={filled.length === 0} onFill={(same) => fillIn(filled, () => same)} />
        <Button disabled={targets.length === 0 || units < targets.length} onClick={share}>
          {t(key, { count: targets.length, amount })}
        </Button>
      </div>
    </details>
  );
}

interface SameAmountProps {
  readonly currency: Currency;
  readonly isDisabled: boolean;
  readonly onFill: (amount: string) => void;
}

function SameAmount({ currency, isDisabled, onFill }: SameAmountProps) {
  const t = useTexts('inviting');
  const { language } = useLocale();
  const describe = useProblemText(currency);
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const fill = () => {
    const read = parseAmount(text, currency, language);
    if ('amount' in read) return onFill(read.amount);
    setError(describe({ kind: 'amount', problem: read.problem, text }));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault(); // it does not send the invitations
    if (!isDisabled) fill();
  };
  return (
    <div className="same-amount">
      <TextField
        ref={input}
        label={t('amounts.same')}
        suffix={currency.code}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        error={error}
        onChange={(event) => {
          setText(event.target.value);
          setError(undefined);
        }}
        onKeyDown={onKeyDown}
      />
      <Button disabled={isDisabled} onClick={fill}>
        {t('amounts.fillIn')}
      </Button>
    </div>
  );
}
