import { parseCurrency } from '@private-lending/locale/currencies';
import { NAME_LENGTH_MAX } from '../../app/name-limits.ts';
import { SelectField, TextAreaField, TextField } from '../../design/components/field.tsx';
import { useAmountProblem } from '../../i18n/use-amount-problem.ts';
import { useTexts } from '../../i18n/use-texts.ts';
import { CurrencyOptions } from './currency-options.tsx';
import {
  type LoanField,
  type LoanInput,
  type LoanProblem,
  PURPOSE_LENGTH_MAX,
  type readLoanInput,
  TERM_MONTHS_MAX,
} from './loan-input.ts';

/** Months. */
const TERM_CHOICES = [12, 24, 36, 60, 120] as const;

interface LoanFieldsProps {
  readonly input: LoanInput;
  readonly reading: ReturnType<typeof readLoanInput>;
  readonly asksName: boolean;
  /** Fields whose problems are shown. */
  readonly touched: ReadonlySet<LoanField>;
  /** What the API does not accept. */
  readonly rejected: Partial<Record<LoanField, LoanProblem>>;
  readonly onChange: (field: LoanField, value: string) => void;
  readonly onLeave: (field: LoanField) => void;
}

export function LoanFields({ input, reading, asksName, touched, rejected, onChange, onLeave }: LoanFieldsProps) {
  const t = useTexts('loans');
  const describe = useProblemText(input);
  const propsOf = (field: LoanField) => {
    const found = reading.problems[field];
    const problem = found && touched.has(field) ? found : rejected[field];
    return {
      name: field,
      value: input[field],
      error: problem && describe(problem),
      onChange: ({ target }: { readonly target: { readonly value: string } }) => onChange(field, target.value),
      onBlur: () => input[field] !== '' && onLeave(field),
    };
  };
  return (
    <>
      <div className="new-loan-amount">
        <TextField {...propsOf('amount')} label={t('new.amount')} inputMode="decimal" autoComplete="off" required />
        <SelectField {...propsOf('currency')} label={t('new.currency')}>
          <CurrencyOptions />
        </SelectField>
      </div>
      <TextField
        {...propsOf('interest_rate')}
        label={t('new.rate')}
        hint={t('new.rateHint')}
        suffix={t('new.rateSuffix')}
        inputMode="decimal"
        autoComplete="off"
        required
      />
      <TextField
        {...propsOf('term_months')}
        label={t('new.term')}
        suffix={t('new.termSuffix')}
        inputMode="numeric"
        autoComplete="off"
        required
      />
      <TermChoices chosen={input.term_months.trim()} onChoose={(months) => onChange('term_months', months)} />
      <TextAreaField
        {...propsOf('purpose')}
        onChange={({ target }) => onChange('purpose', target.value.replaceAll(/[\r\n]+/g, ' '))}
        label={t('new.purpose')}
        hint={t('new.purposeHint')}
        rows={2}
        dir="auto"
      />
      {asksName && (
        <TextField {...propsOf('name')} label={t('new.name')} hint={t('new.nameHint')} autoComplete="name" dir="auto" required />
      )}
    </>
  );
}

function TermChoices({ chosen, onChoose }: { readonly chosen: string; readonly onChoose: (months: string) => void }) {
  const t = useTexts('loans');
  return (
    <fieldset className="new-loan-choices">
      <legend className="visually-hidden">{t('new.termChoices')}</legend>
      {TERM_CHOICES.map((months) => (
        <button
          key={months}
          type="button"
          className="new-loan-choice"
          aria-pressed={chosen === String(months)}
          onClick={() => onChoose(String(months))}
        >
          {t('years', { count: months / 12 })}
        </button>
      ))}
    </fieldset>
  );
}

function useProblemText(input: LoanInput): (problem: LoanProblem) => string {
  const t = useTexts('loans');
  const describeAmount = useAmountProblem();
  return (problem) => {
    switch (problem.kind) {
      case 'amount': {
        const currency = parseCurrency(input.currency);
        return currency ? describeAmount(problem.problem, input.amount, currency) : t('problem.missingAmount');
      }
      case 'term':
        return t('problem.term', { max: TERM_MONTHS_MAX });
      case 'purposeLength':
        return t('problem.purposeLength', { max: PURPOSE_LENGTH_MAX, length: [...input.purpose.trim()].length });
      case 'nameLength':
        return t('problem.nameLength', { max: NAME_LENGTH_MAX, length: [...input.name.trim()].length });
      default:
        return t(`problem.${problem.kind}`);
    }
  };
}
