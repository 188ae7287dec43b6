import type { Loan } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { keys } from '../api/queries.ts';
import { hasSessionEnded, type User } from '../app/session.tsx';
import { ME_KEY } from '../app/session-data.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { type Cell, firstProblem, focusCell } from './cells.ts';
import { SUM_ID } from './invite-bar.tsx';
import { currencyOf } from './model/currency-of.ts';
import { toUnits } from './model/shares.ts';
import { type Validation, validateRows } from './model/validate.ts';
import type { Paste } from './paste/paste.ts';
import { usePasteSummary } from './paste-notices.tsx';
import type { Prefill } from './prefill.ts';
import type { InvitationState, InvitationStore } from './sending/invitation-store.ts';
import { submitDraft } from './sending/submit.ts';
import { useInvitationStore } from './use-invitation-store.ts';
import { useInvited } from './use-invited.ts';

/** What the parts of the page share. */
export interface Inviting {
  readonly store: InvitationStore;
  readonly state: InvitationState;
  readonly validation: Validation;
  readonly currency: Currency;
  /** Of the loan, in minor units. */
  readonly remaining: number;
  /** After an attempt to send. */
  readonly isChecked: boolean;
  readonly submit: () => Promise<void>;
  readonly paste: (paste: Paste, cell: Cell) => void;
  /** Puts rows of another page into the table. */
  readonly prefill: (prefill: Prefill) => void;
}

/** @param refetch reads the loan again */
export function useInviting(loan: Loan, user: User, refetch: () => Promise<Loan | undefined>): Inviting {
  const { language } = useLocale();
  const t = useTexts('inviting');
  const announce = useAnnounce();
  const summarize = usePasteSummary();
  const currency = useMemo(() => currencyOf(loan.currency), [loan.currency]);
  const [store, state] = useInvitationStore(user.user_id, loan.loan_id, currency);
  const invited = useInvited(loan);
  const context = useMemo(
    () => ({ currency, language, ownEmail: user.email ?? '', invited }),
    [currency, language, user.email, invited],
  );
  const { draft } = state;
  const validation = useMemo(() => validateRows(draft.rows, context), [draft.rows, context]);
  const [isChecked, setChecked] = useState(false);
  useAfterSending(loan.loan_id, state, validation);

  const remaining = toUnits(loan.remaining, currency);

  const submit = async () => {
    setChecked(true);
    const read = async () => toUnits((await refetch())?.remaining ?? loan.remaining, currency);
    const obstacle = await submitDraft(store, context, { known: remaining, read });
    const { rows } = store.snapshot().draft;
    const judged = validateRows(rows, context);
    switch (obstacle) {
      case 'nobody':
        announce(t('sum.nobody'));
        return focusCell(rows[0] && { rowId: rows[0].id, field: 'email' });
      case 'problems':
        announce(t('sum.problems', { count: judged.problems.size }));
        return focusCell(firstProblem(rows, judged));
      case 'too much':
        return document.getElementById(SUM_ID)?.focus();
      case undefined:
        setChecked(false);
    }
  };
  const paste = (pasted: Paste, { rowId, field }: Cell) => {
    store.dispatch({ type: 'paste', rowId, field, paste: pasted, format: { currency, language } });
    announceRows(summarize('pasted.rows', pasted.rows.length, validateRows(store.snapshot().draft.rows, context)));
  };
  const prefill = (passed: Prefill) => {
    store.dispatch({ type: 'prefill', prefill: passed, format: { currency, language } });
    if (passed.source === 'file')
      announceRows(summarize('pasted.ofFile', passed.rows.length, validateRows(store.snapshot().draft.rows, context)));
  };
  const announceRows = (summary: string) => {
    const { question } = store.snapshot().draft;
    announce(question === undefined ? summary : `${summary} ${t('mark.title', { example: question })}`);
  };
  return { store, state, validation, currency, remaining, isChecked, submit, paste, prefill };
}

/** Reads the loan again after people were invited, and leads to the first cell that the server did not accept. */
function useAfterSending(loanId: string, { draft, isRunning, error }: InvitationState, validation: Validation): void {
  const queries = useQueryClient();
  const wasRunning = useRef(isRunning);
  useEffect(() => {
    const hasEnded = wasRunning.current && !isRunning;
    wasRunning.current = isRunning;
    if (!hasEnded) return;
    for (const queryKey of [keys.loan(loanId), keys.myLoans]) void queries.invalidateQueries({ queryKey });
    if (hasSessionEnded(error)) void queries.invalidateQueries({ queryKey: ME_KEY });
    if (error === undefined) focusCell(firstProblem(draft.rows, validation));
  });
}
