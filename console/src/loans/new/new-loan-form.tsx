import { IdempotencyKeyReusedError, LendingError, type Loan } from '@private-lending/client';
import { parseCurrency } from '@private-lending/locale/currencies';
import { preferredCurrency } from '@private-lending/locale/preferred-currency';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { auth, lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';
import { useMe } from '../../app/session.tsx';
import { ME_KEY } from '../../app/session-data.ts';
import { useAction } from '../../app/use-action.ts';
import { useDraft } from '../../app/use-draft.ts';
import { useAnnounce, useAnnounced } from '../../design/announcer.tsx';
import { Button, ButtonLink } from '../../design/components/button.tsx';
import { Card } from '../../design/components/card.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { EstimatedCost } from '../../repayment/cost-in-words.tsx';
import { LoanFields } from './loan-fields.tsx';
import { LOAN_FIELDS, type LoanField, type LoanInput, readLoanInput, toLoanBody } from './loan-input.ts';
import { rejectedFields } from './rejected-fields.ts';
import './new-loan-form.css';

const EMPTY = { amount: '', interest_rate: '', term_months: '', purpose: '' };

/** Posts a loan. What is typed is kept until it is posted. */
export function NewLoanForm() {
  const { language } = useLocale();
  const t = useTexts('loans');
  const me = useMe().data;
  const asksName = me !== undefined && me.sign_in !== 'oidc';
  const [empty] = useState(() => emptyInput(me?.user?.name));
  const { draft, change, clear, renew } = useDraft('new-loan', empty, (value) => parseLoanInput(value, empty));
  const form = useRef<HTMLFormElement>(null);
  const [touched, setTouched] = useState<ReadonlySet<LoanField>>(new Set());
  const [attempts, setAttempts] = useState(0);
  const [, navigate] = useLocation();
  const post = usePostLoan(clear);
  const reading = readLoanInput(draft.value, language, asksName);
  const body = toLoanBody(reading);

  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);
  useEffect(() => {
    if (post.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .notice-failed button')?.focus();
  }, [post.error]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setTouched(new Set(LOAN_FIELDS));
    setAttempts((count) => count + 1);
    // Only where the user is still here: they may have left while it was sent.
    const onSuccess = ({ loan }: { readonly loan: Loan }) => navigate(`/app/loans/${loan.loan_id}`, { replace: true });
    const { name } = reading.values;
    if (body) post.mutate({ body, name: asksName ? name : undefined, idempotencyKey: draft.idempotencyKey }, { onSuccess });
  };

  const renewAfterReuse = () => {
    renew();
    post.reset();
  };

  return (
    <form ref={form} className="new-loan" noValidate onSubmit={submit}>
      <Card>
        <LoanFields
          input={draft.value}
          reading={reading}
          asksName={asksName}
          touched={touched}
          rejected={rejectedFields(post.error)}
          onChange={(field, value) => {
            if (post.error) post.reset();
            change({ ...draft.value, [field]: value });
          }}
          onLeave={(field) => setTouched(new Set([...touched, field]))}
        />
      </Card>
      <Card title={t('cost.title')}>
        <CostSoFar reading={reading} />
        <p className="soft small">{t('cost.noFees')}</p>
        {post.error && <PostingProblem error={post.error} onRetry={() => submit()} onRenew={renewAfterReuse} />}
        {!isRetryable(post.error) && (
          <Button type="submit" variant="primary" isBusy={post.isPending}>
            {t('new.submit')}
          </Button>
        )}
        <p className="soft small">{t('new.nobodyIsAsked')}</p>
      </Card>
    </form>
  );
}

interface PostingProblemProps {
  readonly error: Error;
  readonly onRetry: () => void;
  readonly onRenew: () => void;
}

/** An attempt may have succeeded although its response was lost. With other values after that, the API rejects its key. */
function PostingProblem({ error, onRetry, onRenew }: PostingProblemProps) {
  const t = useTexts('loans');
  if (error instanceof IdempotencyKeyReusedError) return <PostedBefore onRenew={onRenew} />;
  return (
    <>
      <ProblemNotice error={error} onRetry={onRetry} />
      {isRetryable(error) && <p>{t('new.safe')}</p>}
    </>
  );
}

function PostedBefore({ onRenew }: Pick<PostingProblemProps, 'onRenew'>) {
  const t = useTexts('loans');
  const text = t('new.postedBefore');
  useAnnounced(text);
  return (
    <div className="notice notice-failed">
      <p>{text}</p>
      <div className="row">
        <ButtonLink href="/">{t('new.seeLoans')}</ButtonLink>
        <Button onClick={onRenew}>{t('new.anotherLoan')}</Button>
      </div>
    </div>
  );
}

/** Then the notice has the button that repeats the request, counted down where there is a limit. */
function isRetryable(error: unknown): boolean {
  return error instanceof LendingError && error.retryable;
}

/** Also announced, as it follows what is typed elsewhere. */
function CostSoFar({ reading: { values } }: { readonly reading: ReturnType<typeof readLoanInput> }) {
  const t = useTexts('loans');
  const announce = useAnnounce();
  const cost = useRef<HTMLDivElement>(null);
  const shown = useRef<string | undefined>(undefined);
  const { amount, interest_rate: interestRate, term_months: termMonths } = values;
  const currency = parseCurrency(values.currency ?? '');
  useEffect(() => {
    const text = cost.current?.querySelector('p')?.textContent ?? '';
    if (shown.current !== undefined && shown.current !== text) announce(text);
    shown.current = text;
  });
  return (
    <div ref={cost} className="stack">
      {currency && amount !== undefined && interestRate !== undefined && termMonths !== undefined ? (
        <EstimatedCost amount={amount} currency={currency} interestRate={interestRate} termMonths={termMonths} />
      ) : (
        <p className="soft">{t('cost.incomplete')}</p>
      )}
    </div>
  );
}

interface Posting {
  readonly body: NonNullable<ReturnType<typeof toLoanBody>>;
  /** Of the borrower. Undefined where it can't be changed. */
  readonly name: string | undefined;
  readonly idempotencyKey: string;
}

/**
 * Saves the borrower's name, which the loan keeps as it is when it is posted, and posts the loan. A repeat with the same key gets the
 * first response: it leads to the same loan.
 */
function usePostLoan(onPosted: () => void) {
  const queries = useQueryClient();
  const saved = useMe().data?.user?.name;
  return useAction({
    mutationFn: async ({ body, name, idempotencyKey }: Posting) => {
      if (name !== undefined && name !== saved) queries.setQueryData(ME_KEY, await auth.changeName(name));
      return await lending.createLoan(body, { idempotencyKey });
    },
    onSuccess: ({ loan }) => {
      queries.setQueryData(keys.loan(loan.loan_id), loan);
      void queries.invalidateQueries({ queryKey: keys.myLoans });
      onPosted();
    },
  });
}

/** With the currency of where the user seems to live, and the name that is known. */
function emptyInput(name: string | null | undefined): LoanInput {
  return { ...EMPTY, name: name ?? '', currency: preferredCurrency(navigator.languages) };
}

function parseLoanInput(value: unknown, empty: LoanInput): LoanInput | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = LOAN_FIELDS.map((field): [LoanField, unknown] => [field, Reflect.get(value, field)]);
  const texts = entries.map(([field, text]) => [field, typeof text === 'string' ? text : empty[field]]);
  return { ...empty, ...Object.fromEntries(texts) };
}
