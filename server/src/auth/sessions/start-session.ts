import type { UserId } from '../../domain/ids.ts';
import { USER_NAME_KEPT_MS } from '../../domain/records/retention.ts';
import { addSession, type Session, type SessionRef, type UserSessions } from '../../domain/sign-in/session.ts';
import type { View } from '../../execution/view.ts';
import { sessionKey, userSessionsKey } from '../../storage/keys.ts';
import type { Key, Put, Write } from '../../storage/store.ts';

/* The parts of a decision that starts a session, for commits that also write something else. */

interface SessionStart {
  /** With the name that the user gave before, where the new session has none. */
  readonly session: Session;
  readonly writes: readonly Write[];
  /** The oldest sessions, which end as there are too many. */
  readonly ended: readonly SessionRef[];
}

/** The keys that `planSessionStart` needs besides that of the user's sessions, which the view has. */
export function keysToStart(view: View, session: Session): Key<unknown>[] {
  const { ended } = addSession(view.at(userSessionsKey(session.userId))?.data, session);
  return [sessionKey(session), ...ended.map((sessionId) => sessionKey({ userId: session.userId, sessionId }))];
}

/** Pure: starts a session, and ends the oldest ones above the limit. */
export function planSessionStart(view: View, started: Session): SessionStart {
  const { userId, startedAt } = started;
  const { next, ended } = addSession(view.at(userSessionsKey(userId))?.data, started);
  const session: Session = { ...started, name: next.name };
  const endedRefs = ended.map((sessionId) => ({ userId, sessionId }));
  return {
    session,
    ended: endedRefs,
    writes: [
      userSessionsWrite(view, userId, next, startedAt),
      { key: sessionKey(session), expected: 0, data: session, expiresAt: session.expiresAt },
      ...endedRefs.flatMap((ref) => sessionRemoval(view, ref)),
    ],
  };
}

export function userSessionsWrite(view: View, userId: UserId, data: UserSessions, now: number): Put<UserSessions> {
  const key = userSessionsKey(userId);
  return { key, expected: view.versionAt(key), data, expiresAt: now + USER_NAME_KEPT_MS };
}

export function sessionRemoval(view: View, ref: SessionRef): Write[] {
  const key = sessionKey(ref);
  const item = view.at(key);
  return item ? [{ key, expected: item.version, isDelete: true }] : [];
}
