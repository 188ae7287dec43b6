import type { Currency } from '@private-lending/locale/currencies';
import { type ReactNode, useEffect, useRef } from 'react';
import { useAnnounce } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { fromUnits } from './model/shares.ts';
import type { Validation } from './model/validate.ts';

interface InviteBarProps {
  readonly validation: Validation;
  readonly currency: Currency;
  /** Of the loan, in minor units. */
  readonly remaining: number;
  readonly isBusy: boolean;
  /** Batches wait for the user to continue. */
  readonly isPaused: boolean;
  /** What there is to say about sending. */
  readonly children: ReactNode;
}

/** The element that the focus goes to when the sum is too large. */
export const SUM_ID = 'invite-sum';

/** How many people, for how much, what stays free, and the button that sends. */
export function InviteBar({ validation, currency, remaining, isBusy, isPaused, children }: InviteBarProps) {
  const t = useTexts('inviting');
  const { money } = useLocale();
  const { total, totalCount, filled } = validation;
  const count = filled.length;
  const format = (units: number) => money(fromUnits(units, currency), currency.code);
  const left = remaining - total;
  const announce = useAnnounce();
  const overText = left < 0 ? t('sum.over', { amount: format(-left) }) : undefined;
  const isOver = overText !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once, not with each digit
  useEffect(() => {
    if (overText !== undefined) announce(overText);
  }, [isOver]);
  const bar = useRef<HTMLDivElement>(null);
  const buttons = `${isPaused} ${isBusy}`;
  const buttonsBefore = useRef(buttons);
  useEffect(() => (bar.current ? publishSize(bar.current) : undefined), []);
  // The button that had the focus is replaced by others.
  useEffect(() => {
    if (buttonsBefore.current !== buttons && document.activeElement === document.body) bar.current?.focus();
    buttonsBefore.current = buttons;
  }, [buttons]);
  const sum =
    totalCount === 0
      ? t('sum.noAmount')
      : totalCount < count
        ? t('sum.part', { count: totalCount, amount: format(total) })
        : t('sum.total', { amount: format(total) });
  const room = overText ?? (left > 0 ? t('sum.free', { amount: format(left) }) : t('sum.exact'));
  return (
    <div ref={bar} className={count > 0 ? 'invite-bar invite-bar-sticky' : 'invite-bar'} tabIndex={-1}>
      {children}
      {!isPaused && (
        <>
          <div id={SUM_ID} tabIndex={-1} className="invite-sums figures">
            <p className="invite-sum">
              <strong>{t('sum.people', { count })}</strong>
              {count > 0 && <span>{sum}</span>}
              <span className={isOver ? 'invite-over' : 'soft'}>{room}</span>
            </p>
            {isOver && <p className="field-error">{t('sum.overHelp', { remaining: format(remaining) })}</p>}
          </div>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            {t('sum.invite', { count })}
          </Button>
        </>
      )}
    </div>
  );
}

/** Lets the page scroll what has the focus to above the bar, whose texts change. @returns a function that ends it */
function publishSize(bar: HTMLElement): () => void {
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => style.setProperty('--invite-bar-size', `${bar.offsetHeight}px`));
  observer.observe(bar);
  return () => {
    observer.disconnect();
    style.removeProperty('--invite-bar-size');
  };
}
