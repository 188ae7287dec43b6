import { useAnnounced } from '../announcer.tsx';
import './progress.css';

interface ProgressProps {
  readonly done: number;
  readonly count: number;
  /** Says both figures in words. Also for screen readers, each time that it changes. */
  readonly text: string;
}

/** How far a long task is. */
export function Progress({ done, count, text }: ProgressProps) {
  useAnnounced(text);
  return (
    <div className="progress figures">
      <p>{text}</p>
      <progress max={count} value={done} aria-label={text} />
    </div>
  );
}
