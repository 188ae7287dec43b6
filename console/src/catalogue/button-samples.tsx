import { Button, ButtonLink } from '../design/components/button.tsx';
import { CopyButton } from '../design/components/copy-button.tsx';

const VARIANTS = ['primary', 'secondary', 'quiet', 'danger'] as const;

export function ButtonSamples() {
  return (
    <>
      {VARIANTS.map((variant) => (
        <div key={variant} className="row">
          <Button variant={variant}>{variant}</Button>
          <Button variant={variant} isSmall>
            {variant}, small
          </Button>
          <Button variant={variant} disabled>
            {variant}, disabled
          </Button>
          <Button variant={variant} isBusy>
            {variant}, busy
          </Button>
        </div>
      ))}
      <div className="row">
        <ButtonLink href="/app/components" variant="primary">
          A link that is a main action
        </ButtonLink>
        <ButtonLink href="/app/components">A link to another page</ButtonLink>
        <ButtonLink href="/app/components" disabled>
          A link, disabled
        </ButtonLink>
        <CopyButton text="01JD" label="Copy a text" />
      </div>
      <Button>Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung</Button>
    </>
  );
}
