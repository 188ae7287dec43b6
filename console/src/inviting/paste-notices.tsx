import type { Currency } from '@private-lending/locale/currencies';
import type { DecimalMark } from '@private-lending/locale/decimal-mark';
import { NUMBER_MARKS } from '@private-lending/locale/languages';
import { useEffect, useRef } from 'react';
import { Button } from '../design/components/button.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { type Cell, firstProblem, focusCell } from './cells.ts';
import type { Draft } from './model/draft.ts';
import { ROWS_MAX } from './model/rows.ts';
import { isMissing, type Validation } from './model/validate.ts';
import { ambiguousMarkIn, decideAmount } from './paste/notation.ts';
import type { InvitationStore } from './sending/invitation-store.ts';

type Key = 'pasted.rows' | 'pasted.ofFile';

/** What there is to say after rows were added, in words. */
export function usePasteSummary(): (key: Key, count: number, validation: Validation) => string {
  const t = useTexts('inviting');
  return (key, count, validation) => {
    const { toFix, withoutAmount } = countProblems(validation);
    const parts = [t(key, { count }), t('pasted.toFix', { count: toFix })];
    if (withoutAmount > 0) parts.push(t('pasted.withoutAmount', { count: withoutAmount }));
    return parts.join(' ');
  };
}

/** A missing amount is no mistake: a list of addresses has none. */
function countProblems({ problems }: Validation): { readonly toFix: number; readonly withoutAmount: number } {
  const rows = [...problems.values()];
  return {
    toFix: rows.filter((row) => Object.values(row).some((problem) => problem.kind !== 'amount missing')).length,
    withoutAmount: rows.filter(({ amount }) => amount?.kind === 'amount missing').length,
  };
}

interface PasteNoticeProps {
  readonly draft: Draft;
  readonly validation: Validation;
  readonly store: InvitationStore;
}

/** What the last paste or other large step has done, and how to undo it. */
export function PasteNotice({ draft, validation, store }: PasteNoticeProps) {
  const t = useTexts('inviting');
  const summary = usePasteSummary();
  const { undo } = draft;
  if (!undo) return null;
  const key = undo.step === 'paste' ? 'pasted.rows' : undo.step === 'file' ? 'pasted.ofFile' : undefined;
  const summaryKey = undo.isRedo ? undefined : key;
  const isProblem = ({ rowId, field }: Cell) => {
    const problem = validation.problems.get(rowId)?.[field];
    return problem !== undefined && !isMissing(problem);
  };
  const first = summaryKey ? firstProblem(draft.rows, validation, isProblem) : undefined;
  return (
    <div className="notice row">
      {summaryKey && <p>{summary(summaryKey, undo.count, validation)}</p>}
      {first && (
        <Button variant="quiet" onClick={() => focusCell(first)}>
          {t('pasted.firstProblem')}
        </Button>
      )}
      <Button variant="quiet" onClick={() => store.dispatch({ type: 'undo' })}>
        {undo.isRedo ? t(`redo.${undo.step}`) : t(`undo.${undo.step}`)}
      </Button>
    </div>
  );
}

interface MarkQuestionProps {
  readonly example: string;
  readonly currency: Currency;
  readonly onDecide: (mark: DecimalMark) => void;
}

/** Asks once how the marks in the amounts of a paste are meant. */
export function MarkQuestion({ example, currency, onDecide }: MarkQuestionProps) {
  const t = useTexts('inviting');
  const { money, language } = useLocale();
  const used = ambiguousMarkIn(example);
  const other: DecimalMark = used === ',' ? '.' : ',';
  const name = t(used === ',' ? 'mark.comma' : 'mark.point');
  const amountWith = (mark: DecimalMark) => {
    const amount = decideAmount(example, mark, currency);
    // With more decimals than the currency has: as it is written.
    if (amount === undefined) return `${example.replace(/(?<=\d)[.,](?=\d)/, NUMBER_MARKS[language].decimal)} ${currency.code}`;
    return money(amount, currency.code);
  };
  const choice = (mark: DecimalMark, meaning: string) => (
    <Button onClick={() => onDecide(mark)}>
      {meaning}: {amountWith(mark)}
    </Button>
  );
  return (
    <section className="notice notice-waiting" aria-labelledby="mark-question">
      <h2 id="mark-question">{t('mark.title', { example })}</h2>
      <p>{t('mark.text')}</p>
      <div className="row">
        {choice(other, t('mark.thousands', { mark: name }))}
        {choice(used, t('mark.decimals', { mark: name }))}
      </div>
    </section>
  );
}

interface TooManyRowsProps {
  readonly count: number;
  readonly onImport: () => void;
  readonly onDiscard: () => void;
}

/** In place of a paste that is too long for the table. It takes the focus, as it may be far above the cell of the paste. */
export function TooManyRows({ count, onImport, onDiscard }: TooManyRowsProps) {
  const t = useTexts('inviting');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="notice notice-waiting" aria-labelledby="too-many-rows">
      <h2 ref={heading} id="too-many-rows" tabIndex={-1}>
        {t('tooMany.title', { count })}
      </h2>
      <p>{t('tooMany.text', { max: ROWS_MAX })}</p>
      <div className="row">
        <Button variant="primary" onClick={onImport}>
          {t('tooMany.import')}
        </Button>
        <Button onClick={onDiscard}>{t('tooMany.discard')}</Button>
      </div>
    </section>
  );
}
