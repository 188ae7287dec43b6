import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { type Announcement, AnnouncementQueue } from './announcement-queue.ts';

const Announce = createContext<(text: string) => void>(() => {});
const Said = createContext<Announcement>({ id: 0, text: '' });

/** Has screen readers say a text when they are free. Of several texts within five seconds only the last is said. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<Announcement>({ id: 0, text: '' });
  const [queue] = useState(() => new AnnouncementQueue(setSaid));
  const announce = useCallback((text: string) => queue.announce(text), [queue]);
  useEffect(() => () => queue.stop(), [queue]);
  return (
    <Announce value={announce}>
      <Said value={said}>
        {children}
        <LiveRegion />
      </Said>
    </Announce>
  );
}

/** Where screen readers find what is announced. A modal dialog has one, as they ignore what is outside of it. */
export function LiveRegion() {
  const { id, text } = useContext(Said);
  const [before] = useState(id);
  return (
    <p className="visually-hidden" role="status">
      {id !== before && <span key={id}>{text}</span>}
    </p>
  );
}
