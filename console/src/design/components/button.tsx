import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { Link } from 'wouter';
import './button.css';

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  readonly variant?: Variant;
  /** In tables and cards, where it is not the main action. */
  readonly isSmall?: boolean;
  /** While an action runs. */
  readonly isBusy?: boolean;
}

/** A button that is busy or disabled keeps its focus and ignores presses. Browsers take the focus from one with `disabled`. */
export function Button({
  variant = 'secondary',
  isSmall = false,
  isBusy = false,
  disabled = false,
  type = 'button',
  onClick,
  children,
  ...others
}: ButtonProps) {
  const isOff = isBusy || disabled;
  return (
    <button
      {...others}
      type={type}
      className={`button button-${variant}${isSmall ? ' button-small' : ''}`}
      aria-disabled={isOff || undefined}
      aria-busy={isBusy || undefined}
      onClick={isOff ? ignorePress : onClick}
    >
      <span className="button-label">{children}</span>
    </button>
  );
}

interface ButtonLinkProps {
  readonly href: string;
  readonly variant?: Variant;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** A link that looks like a button: it leads to another page. */
export function ButtonLink({ href, variant = 'secondary', disabled = false, children }: ButtonLinkProps) {
  return (
    <Link
      href={href}
      className={`button button-${variant}`}
      aria-disabled={disabled || undefined}
      onClick={disabled ? ignorePress : undefined}
    >
      <span className="button-label">{children}</span>
    </Link>
  );
}

/** Also of Enter in a field, for which browsers press the button that submits the form. */
function ignorePress(event: MouseEvent): void {
  event.preventDefault();
}
