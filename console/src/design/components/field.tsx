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

interface FieldProps extends FieldTexts {
  /** After the value, such as a unit. */
  readonly suffix?: ReactNode;
  readonly children: (control: ControlProps) => ReactNode;
}

/** A label, a control, and what screen readers read with the control: its suffix, a hint and an error. */
function Field({ label, hint, error, suffix, children }: FieldProps) {
  const id = useId();
  const descriptions = Object.entries({ suffix, hint, error }).filter(([, text]) => text !== undefined);
  const describedBy = descriptions.map(([name]) => `${id}-${name}`).join(' ');
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <span className="field-control">
        {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error === undefined ? undefined : true })}
        {suffix !== undefined && (
          <span className="field-suffix" id={`${id}-suffix`}>
            {suffix}
          </span>
        )}
      </span>
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = FieldTexts & Omit<ComponentProps<'input'>, 'className' | 'id'> & { readonly suffix?: ReactNode };

export function TextField({ label, hint, error, suffix, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} suffix={suffix}>
      {(control) => <input {...input} {...control} />}
    </Field>
  );
}

type SelectFieldProps = FieldTexts & Omit<ComponentProps<'select'>, 'className' | 'id'>;

export function SelectField({ label, hint, error, children, ...select }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select {...select} {...control}>
          {children}
        </select>
      )}
    </Field>
  );
}

type TextAreaFieldProps = FieldTexts & Omit<ComponentProps<'textarea'>, 'className' | 'id'>;

export function TextAreaField({ label, hint, error, ...area }: TextAreaFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <textarea {...area} {...control} />}
    </Field>
  );
}
