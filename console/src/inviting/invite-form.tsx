import type { Loan } from '@private-lending/client';
import type { DecimalMark } from '@private-lending/locale/decimal-mark';
import { type FormEvent, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { beginVisit } from '../app/page-visit.ts';
import type { User } from '../app/session.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { AmountsPanel } from './amounts-panel.tsx';
import { type Cell, focusCell } from './cells.ts';
import { InviteBar } from './invite-bar.tsx';
import { LenderTable } from './lender-table.tsx';
import { isSending } from './model/draft.ts';
import { ROWS_MAX } from './model/rows.ts';
import type { Paste } from './paste/paste.ts';
import { MarkQuestion, PasteNotice, TooManyRows } from './paste-notices.tsx';
import { keepPastedFile } from './pasted-file.ts';
import { takePrefill } from './prefill.ts';
import type { InvitationStore } from './sending/invitation-store.ts';
import { AllSent, PartlySent, SendingNotice } from './sending-notices.tsx';
import { type Inviting, useInviting } from './use-inviting.ts';
import './invite-form.css';

interface InviteFormProps {
  readonly loan: Loan;
  readonly user: User;
  /** Reads the loan again. */
  readonly refetch: () => Promise<Loan | undefined>;
}

export function InviteForm({ loan, user, refetch }: InviteFormProps) {
  const inviting = useInviting(loan, user, refetch);
  const { store, state, currency } = inviting;
  const isDone = state.draft.sent.isComplete === true;
  const isLocked = isSending(state.draft);
  useEffect(() => {
    if (isDone) store.seeOutcome(beginVisit());
  }, [isDone, store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken once, when the table can be changed
  useEffect(() => {
    if (isDone || isLocked) return;
    const passed = takePrefill(loan.loan_id);
    if (passed) inviting.prefill(passed);
  }, [isDone, isLocked]);
  if (isDone) return <AllSent sent={state.draft.sent} loan={loan} currency={currency} onMore={store.reset} />;
  return (
    <>
      <InviteHeading loan={loan} />
      <People loanId={loan.loan_id} inviting={inviting} />
    </>
  );
}

function InviteHeading({ loan }: { readonly loan: Loan }) {
  const t = useTexts('inviting');
  const { money } = useLocale();
  const { loan_id: loanId, remaining, amount, currency } = loan;
  const actions = (
    <>
      <ButtonLink href={`/app/loans/${loanId}`} variant="quiet">
        {t('backToLoan')}
      </ButtonLink>
      <ButtonLink href={`/app/loans/${loanId}/import`} variant="quiet">
        {t('importFile')}
      </ButtonLink>
    </>
  );
  return (
    <PageHeading title={t('title')} actions={actions}>
      <p className="figures">{t('free', { remaining: money(remaining, currency), amount: money(amount, currency) })}</p>
      <p className="soft">{t('intro')}</p>
    </PageHeading>
  );
}

/** More rows than the table takes. */
interface LongPaste {
  readonly pasted: Paste;
  readonly cell: Cell;
}

function People({ loanId, inviting }: { readonly loanId: string; readonly inviting: Inviting }) {
  const { language } = useLocale();
  const [, navigate] = useLocation();
  const [tooMany, setTooMany] = useState<LongPaste>();
  const { store, state, validation, currency, remaining } = inviting;
  const { draft, isRunning } = state;
  const isLocked = isSending(draft);
  const paste = (pasted: Paste, cell: Cell) => {
    // A column of amounts goes beside the people who are there.
    const before = pasted.kind === 'lenders' ? validation.filled.length : 0;
    if (before + pasted.rows.length > ROWS_MAX) return setTooMany({ pasted, cell });
    setTooMany(undefined);
    inviting.paste(pasted, cell);
  };
  const importRows = ({ rows }: Paste) => {
    keepPastedFile(loanId, rows);
    navigate(`/app/loans/${loanId}/import`);
  };
  const discard = ({ cell }: LongPaste) => {
    setTooMany(undefined);
    focusCell(cell);
  };
  const decideMark = (mark: DecimalMark) => {
    const row = draft.rows.find(({ hasOpenMark }) => hasOpenMark);
    store.dispatch({ type: 'decide mark', mark, format: { currency, language } });
    focusCell(row && { rowId: row.id, field: 'amount' });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void inviting.submit();
  };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {tooMany && (
        <TooManyRows
          count={tooMany.pasted.rows.length}
          onImport={() => importRows(tooMany.pasted)}
          onDiscard={() => discard(tooMany)}
        />
      )}
      {draft.question !== undefined && <MarkQuestion example={draft.question} currency={currency} onDecide={decideMark} />}
      {draft.sent.count > 0 && !isLocked && <PartlySent sent={draft.sent} left={validation.filled.length} />}
      <PasteNotice draft={draft} validation={validation} store={store} />
      <LenderTable
        draft={draft}
        store={store}
        validation={validation}
        currency={currency}
        isLocked={isLocked}
        isChecked={inviting.isChecked}
        onPaste={paste}
      />
      {!isLocked && draft.rows.length < ROWS_MAX && <AddRow store={store} />}
      {!isLocked && <AmountsPanel store={store} validation={validation} currency={currency} remaining={remaining} />}
      <InviteBar
        validation={validation}
        currency={currency}
        remaining={remaining}
        isBusy={isRunning}
        isPaused={isLocked && !isRunning}
      >
        <SendingNotice state={state} store={store} />
      </InviteBar>
    </form>
  );
}

function AddRow({ store }: { readonly store: InvitationStore }) {
  const t = useTexts('inviting');
  const add = () => {
    store.dispatch({ type: 'add row' });
    const row = store.snapshot().draft.rows.at(-1);
    requestAnimationFrame(() => focusCell(row && { rowId: row.id, field: 'email' }));
  };
  return (
    <div>
      <Button onClick={add}>{t('table.add')}</Button>
    </div>
  );
}
