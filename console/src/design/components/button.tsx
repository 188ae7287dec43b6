import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import './button.css';

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  readonly variant?: Variant;
  /** In tables and cards, where it is not the main action. */
  readonly isSmall?: boolean;
  /** While an action runs: the button keeps its place and its focus, and ignores presses. */
  readonly isBusy?: boolean;
}

export function Button({
  variant = 'secondary',
  isSmall = false,
  isBusy = false,
  type = 'button',
  onClick,
  children,
  ...others
}: ButtonProps) {
  return (
    <button
      {...others}
      type={isBusy ? 'button' : type}
      className={`button button-${variant}${isSmall ? ' button-small' : ''}`}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? undefined : onClick}
    >
      <span className="button-label">{children}</span>
    </button>
  );
}

interface ButtonLinkProps {
  readonly href: string;
  readonly variant?: Variant;
  readonly children: ReactNode;
}

/** A link that looks like a button: it leads to another page. */
export function ButtonLink({ href, variant = 'secondary', children }: ButtonLinkProps) {
  return (
    <Link href={href} className={`button button-${variant}`}>
      <span className="button-label">{children}</span>
    </Link>
  );
}
