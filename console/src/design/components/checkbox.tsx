import { type ComponentProps, type ReactNode, useId } from 'react';
import './checkbox.css';
import './field.css';

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'className' | 'id' | 'type'> {
  readonly label: ReactNode;
  /** What is wrong, and how to fix it. */
  readonly error?: ReactNode;
}

export function Checkbox({ label, error, ...input }: CheckboxProps) {
  const id = useId();
  const errorId = `${id}-error`;
  const hasError = error !== undefined;
  return (
    <div className="checkbox">
      <label className="checkbox-label">
        <input {...input} type="checkbox" aria-invalid={hasError || undefined} aria-describedby={hasError ? errorId : undefined} />
        <span>{label}</span>
      </label>
      {hasError && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}
