import { type Status, StatusPill } from '../design/components/status-pill.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import type { HoldStatus } from './hold-queries.ts';

/** Each looks as the status of an invitation that is most like it. */
const LOOKS: Readonly<Record<HoldStatus, Status>> = {
  held: 'pending',
  noted: 'open',
  released: 'accepted',
  rejected: 'declined',
};

export function HoldPill({ status }: { readonly status: HoldStatus }) {
  const t = useTexts('operator');
  return <StatusPill status={LOOKS[status]} text={t(`status.${status}`)} />;
}
