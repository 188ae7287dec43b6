import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { type Announcement, AnnouncementQueue } from './announcement-queue.ts';

const Announce = createContext<(text: string) => void>(() => {});
const LeavePage = createContext<() => void>(() => {});
const Said = createContext<Announcement>({ id: 0, text: '' });

/** Has screen readers say a text when they are free. Of several texts within five seconds only the last is said. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}

/** Has screen readers say a text of the page, and again each time that it changes. @param text undefined for nothing */
export function useAnnounced(text: string | undefined): void {
  const announce = useAnnounce();
  useEffect(() => {
    if (text !== undefined) announce(text);
  }, [text, announce]);
}

/** Ends what was announced on another page. @param path of the page that is shown */
export function useAnnouncementsOfPage(path: string): void {
  const leavePage = useContext(LeavePage);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) leavePage();
    shown.current = path;
  }, [path, leavePage]);
}

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<Announcement>({ id: 0, text: '' });
  const [queue] = useState(() => new AnnouncementQueue(setSaid));
  const announce = useCallback((text: string) => queue.announce(text), [queue]);
  const leavePage = useCallback(() => queue.leavePage(), [queue]);
  useEffect(() => () => queue.stop(), [queue]);
  return (
    <Announce value={announce}>
      <LeavePage value={leavePage}>
        <Said value={said}>
          {children}
          <LiveRegion />
        </Said>
      </LeavePage>
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
