import { type Loan, UnauthorizedError } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { keys } from '../api/queries.ts';
import { ME_KEY, type User } from '../app/session.tsx';
import { useAnnounce } from '../design/announcer.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { type Cell, firstProblem, focusCell } from './cells.ts';
import { SUM_ID } from './invite-bar.tsx';
import { createBatches } from './model/batches.ts';
import { currencyOf } from './model/currency-of.ts';
import { type Draft, isSending } from './model/draft.ts';
import { isBlankRow } from './model/rows.ts';
import { toUnits } from './model/shares.ts';
import { type Validation, type ValidationContext, validateRows } from './model/validate.ts';
import type { Paste } from './paste/paste.ts';
import { usePasteSummary } from './paste-notices.tsx';
import type { InvitationState, InvitationStore } from './sending/invitation-store.ts';
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

  const submit = async () => {
    if (isSending(draft)) return;
    setChecked(true);
    const [first] = draft.rows;
    if (validation.filled.length === 0) {
      announce(t('sum.nobody'));
      return focusCell(first && { rowId: first.id, field: 'email' });
    }
    if (validation.problems.size > 0) {
      announce(t('sum.problems', { count: validation.problems.size }));
      return focusCell(firstProblem(draft.rows, validation));
    }
    if (validation.total > toUnits(loan.remaining, currency) && (await isTooMuch(validation, currency, refetch))) {
      return document.getElementById(SUM_ID)?.focus();
    }
    setChecked(false);
    send(store, validation, context);
    await store.run();
  };
  const paste = (pasted: Paste, { rowId, field }: Cell) => {
    store.dispatch({ type: 'paste', rowId, field, paste: pasted, format: { currency, language } });
    const { rows, question } = store.snapshot().draft;
    const summary = summarize(pasted.rows.length, validateRows(rows, context));
    announce(question === undefined ? summary : `${summary} ${t('mark.title', { example: question })}`);
  };
  return { store, state, validation, currency, remaining: toUnits(loan.remaining, currency), isChecked, submit, paste };
}

/** Somebody may have declined meanwhile: then there is more room than the page knows. */
async function isTooMuch({ total }: Validation, currency: Currency, refetch: () => Promise<Loan | undefined>): Promise<boolean> {
  const loan = await refetch();
  return loan === undefined || total > toUnits(loan.remaining, currency);
}

/** Of what is stored, as a click may come twice before the page shows the first. */
function send(store: InvitationStore, { filled }: Validation, context: ValidationContext): void {
  const { draft } = store.snapshot();
  if (!isSending(draft)) store.dispatch({ type: 'send', batches: createBatches(filled, draft.seed, context) });
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
    if (error instanceof UnauthorizedError) void queries.invalidateQueries({ queryKey: ME_KEY });
    if (error === undefined) focusCell(firstProblem(draft.rows, validation));
  });
}

/** Whether all people of the table were invited. */
export function isAllSent(draft: Draft): boolean {
  return draft.sent.count > 0 && !isSending(draft) && draft.rows.every(isBlankRow);
}
