import { type ComponentProps, type ReactNode, useId } from 'react';
import './field.css';

interface FieldTexts {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong with the value, and how to fix it. */
  readonly error?: ReactNode;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** A label, a control, a hint, and an error that screen readers read with the control. */
function Field({ label, hint, error, children }: FieldTexts & { readonly children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`];
  const described = [hint !== undefined && hintId, error !== undefined && errorId].filter((each) => each !== false).join(' ');
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error === undefined ? undefined : true })}
      {error !== undefined && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = FieldTexts & Omit<ComponentProps<'input'>, 'className' | 'id'> & { readonly suffix?: ReactNode };

export function TextField({ label, hint, error, suffix, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="field-control">
          <input {...input} {...control} />
          {suffix !== undefined && <span className="field-suffix">{suffix}</span>}
        </span>
      )}
    </Field>
  );
}

type SelectFieldProps = FieldTexts & Omit<ComponentProps<'select'>, 'className' | 'id'>;

export function SelectField({ label, hint, error, children, ...select }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="field-control">
          <select {...select} {...control}>
            {children}
          </select>
        </span>
      )}
    </Field>
  );
}

type TextAreaFieldProps = FieldTexts & Omit<ComponentProps<'textarea'>, 'className' | 'id'>;

export function TextAreaField({ label, hint, error, ...area }: TextAreaFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="field-control">
          <textarea {...area} {...control} />
        </span>
      )}
    </Field>
  );
}
