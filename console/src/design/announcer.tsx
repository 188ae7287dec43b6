import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';

/** Screen readers must not be interrupted more often. */
const PAUSE_MS = 5000;

const Announce = createContext<(text: string) => void>(() => {});

/** Has screen readers say a text when they are free. Of several texts within five seconds only the last is said. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  const waiting = useRef<string | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const pause = useCallback(() => {
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (waiting.current === undefined) return;
      setText(waiting.current);
      waiting.current = undefined;
      pause();
    }, PAUSE_MS);
  }, []);

  const announce = useCallback(
    (next: string) => {
      if (timer.current !== undefined) {
        waiting.current = next;
        return;
      }
      setText(next);
      pause();
    },
    [pause],
  );

  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Announce value={announce}>
      {children}
      <p className="visually-hidden" role="status">
        {text}
      </p>
    </Announce>
  );
}
