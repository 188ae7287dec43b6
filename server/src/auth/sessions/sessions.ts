import { LRUCache } from 'lru-cache';
import type { Email } from '../../domain/email.ts';
import { parseSessionId, type SessionId, type UserId } from '../../domain/ids.ts';
import { isLive, SESSION_MS, type Session, type SessionRef, type SignInMethod } from '../../domain/sign-in/session.ts';
import { decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { CoreServices, SessionEnds } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { isWithin } from '../../storage/is-within.ts';
import type { KeyRing } from '../../storage/key-ring.ts';
import { sessionKey, userSessionsKey } from '../../storage/keys.ts';
import { KEYS_MAX, type Write } from '../../storage/store.ts';
import { createSealer, type Sealer } from './sealed-text.ts';
import { keysToStart, planSessionStart, sessionRemoval, userSessionsWrite } from './start-session.ts';

/** How long a process uses a session that it has read. A session that another process has ended may be used for this long. */
const CACHED_MS = 30_000;
const CACHED_MAX = 10_000;
/** The pause between two checks of sessions that have open streams. */
export const SESSIONS_CHECK_MS = 20_000;

/** Base64url, so it has no dot. */
const USER_ID = /^[\w-]{1,64}$/;

/** A user who has just signed in. */
export interface SignedInUser {
  readonly userId: UserId;
  /** Null unless it is verified. */
  readonly email: Email | null;
  /** Null for the name that the user gave before, if there is one. */
  readonly name: string | null;
  readonly method: SignInMethod;
  /** As the token of the issuer says. */
  readonly isOperator?: boolean | undefined;
}

interface CachedSession {
  /** Undefined where there is no such session, or not any more. */
  readonly session: Promise<Session | undefined>;
  /** Epoch milliseconds. */
  readonly readAt: number;
}

interface OpenSession {
  readonly ref: SessionRef;
  readonly listeners: Set<() => void>;
}

/**
 * The sessions of the store. A session that is ended here ends in this process at once, and in others once they read it again,
 * within CACHED_MS.
 */
export class Sessions implements SessionEnds {
  readonly #services: CoreServices;
  readonly #sealer: Sealer;
  readonly #issuer: string | undefined;
  readonly #cache = new LRUCache<SessionId, CachedSession>({ maxSize: CACHED_MAX, sizeCalculation: () => 1 }); // `max` fills arrays at once
  /** Sessions with listeners. */
  readonly #open = new Map<SessionId, OpenSession>();

  /**
   * @param keys seal references to sessions
   * @param issuer at which users sign in now; left out where no user does
   */
  constructor(services: CoreServices, keys: KeyRing, issuer?: string) {
    this.#services = services;
    this.#issuer = issuer;
    this.#sealer = createSealer(keys, 'session');
  }

  /** A session that is not stored yet: for `planSessionStart`, in a commit that does more. Then call `started`. */
  create({ userId, email, name, method, isOperator }: SignedInUser): Session {
    const { ids, clock } = this.#services;
    const startedAt = clock();
    const issuer = this.#issuer !== undefined && { issuer: this.#issuer };
    return {
      userId,
      sessionId: ids.session(),
      email,
      name,
      method,
      ...issuer,
      ...(isOperator && { isOperator }),
      startedAt,
      expiresAt: startedAt + SESSION_MS[method],
    };
  }

  /** Starts a session, and ends the user's oldest one if there are too many. */
  async start(user: SignedInUser): Promise<Session> {
    const created = this.create(user);
    const { session, ended } = await decideAndCommit(this.#services, {
      keys: [userSessionsKey(created.userId)],
      moreKeys: (view) => keysToStart(view, created),
      decide(view) {
        const start = planSessionStart(view, created);
        return { result: start, writes: start.writes };
      },
    });
    this.started(session, ended);
    return session;
  }

  /** To be called once a start is committed. @param ended the sessions that it ended */
  started(session: Session, ended: readonly SessionRef[]): void {
    this.#cache.set(session.sessionId, { session: Promise.resolve(session), readAt: this.#services.clock() });
    for (const ref of ended) this.#noteEnd(ref);
  }

  /** @returns undefined where the session has expired or ended. One `get` serves all calls within CACHED_MS. */
  async find(ref: SessionRef): Promise<Session | undefined> {
    const now = this.#services.clock();
    const cached = this.#cache.get(ref.sessionId);
    const isFresh = cached && isWithin(CACHED_MS, cached.readAt, now);
    const session = await (isFresh ? cached.session : this.#read(ref, now));
    return session?.userId === ref.userId && isLive(session, now) ? session : undefined;
  }

  /** Ends a session. Does nothing where there is none. */
  async end(ref: SessionRef): Promise<void> {
    await this.#change(ref.userId, () => [ref.sessionId]);
    this.#noteEnd(ref);
  }

  /** Ends all sessions of a user. */
  async endAll(userId: UserId): Promise<void> {
    const ended = await this.#change(userId, (sessionIds) => sessionIds);
    for (const sessionId of ended) this.#noteEnd({ userId, sessionId });
  }

  /** Changes the name of a user, in all their sessions. Other processes use the earlier one for up to CACHED_MS. */
  async rename(userId: UserId, name: string | null): Promise<void> {
    const key = userSessionsKey(userId);
    const refsIn = (view: View) => (view.at(key)?.data.sessions ?? []).map(({ sessionId }) => ({ userId, sessionId }));
    const renamed = await decideAndCommit(this.#services, {
      keys: [key],
      moreKeys: (view) => refsIn(view).map(sessionKey),
      decide: (view) => {
        const sessions = view.at(key)?.data.sessions ?? [];
        const items = refsIn(view).flatMap((ref) => view.at(sessionKey(ref)) ?? []);
        const writes: Write[] = items.map(({ key: at, version, data }) => {
          return { key: at, expected: version, data: { ...data, name }, expiresAt: data.expiresAt };
        });
        const now = this.#services.clock();
        return { result: items, writes: [userSessionsWrite(view, userId, { sessions, name }, now), ...writes] };
      },
    });
    for (const { data } of renamed) this.#cache.delete(data.sessionId);
  }

  /** Calls the listener once if the session is ended before it expires, at the latest at the next check. @returns cancels that */
  onEnd(ref: SessionRef, listener: () => void): () => void {
    const open = this.#open.get(ref.sessionId) ?? { ref, listeners: new Set() };
    const call = () => listener(); // two subscriptions may have the same listener
    open.listeners.add(call);
    this.#open.set(ref.sessionId, open);
    return () => {
      open.listeners.delete(call);
      if (open.listeners.size === 0 && this.#open.get(ref.sessionId) === open) this.#open.delete(ref.sessionId);
    };
  }

  /** Finds sessions that other processes have ended, among those that have listeners. */
  async checkOpen(): Promise<void> {
    const refs = [...this.#open.values()].map(({ ref }) => ref);
    for (let at = 0; at < refs.length; at += KEYS_MAX) {
      const page = refs.slice(at, at + KEYS_MAX);
      const items = await this.#services.store.batchGet(page.map(sessionKey));
      for (const [index, ref] of page.entries()) if (!items[index]) this.#noteEnd(ref);
    }
  }

  /** A reference to a session for a cookie, which only this program can read or make. */
  seal({ userId, sessionId }: SessionRef): Promise<string> {
    return this.#sealer.seal(`${userId}.${sessionId}`);
  }

  /** @returns undefined for a text that `seal` has not made, or not with a key that is still accepted */
  async open(sealed: string): Promise<SessionRef | undefined> {
    const [userId = '', id = ''] = (await this.#sealer.open(sealed))?.split('.') ?? [];
    const sessionId = parseSessionId(id);
    return sessionId && USER_ID.test(userId) ? { userId: userId as UserId, sessionId } : undefined;
  }

  #read(ref: SessionRef, now: number): Promise<Session | undefined> {
    const { sessionId } = ref;
    const session = this.#services.store.get([sessionKey(ref)]).then(([item]) => item?.data);
    const read: CachedSession = { session, readAt: now };
    // Before it resolves, or it would replace what `#noteEnd` caches meanwhile.
    this.#cache.set(sessionId, read);
    session.then(
      (found) => found ?? this.#callListeners(sessionId),
      () => this.#cache.peek(sessionId) === read && this.#cache.delete(sessionId),
    );
    return session;
  }

  /** Removes sessions of a user. @param choose of the ids that are stored @returns the ids of those that it removed */
  #change(userId: UserId, choose: (sessionIds: readonly SessionId[]) => readonly SessionId[]): Promise<readonly SessionId[]> {
    const key = userSessionsKey(userId);
    const chosen = (view: View) => choose((view.at(key)?.data.sessions ?? []).map(({ sessionId }) => sessionId));
    return decideAndCommit(this.#services, {
      keys: [key],
      moreKeys: (view) => chosen(view).map((sessionId) => sessionKey({ userId, sessionId })),
      decide: (view) => {
        const ended = chosen(view);
        const current = view.at(key)?.data ?? { sessions: [], name: null };
        const sessions = current.sessions.filter(({ sessionId }) => !ended.includes(sessionId));
        const removals = ended.flatMap((sessionId) => sessionRemoval(view, { userId, sessionId }));
        const isUnchanged = removals.length === 0 && sessions.length === current.sessions.length;
        const list = () => userSessionsWrite(view, userId, { ...current, sessions }, this.#services.clock());
        return { result: ended, writes: isUnchanged ? [] : [list(), ...removals] };
      },
    });
  }

  #noteEnd({ sessionId }: SessionRef): void {
    this.#cache.set(sessionId, { session: Promise.resolve(undefined), readAt: this.#services.clock() });
    this.#callListeners(sessionId);
  }

  #callListeners(sessionId: SessionId): void {
    const listeners = this.#open.get(sessionId)?.listeners ?? [];
    this.#open.delete(sessionId);
    for (const listener of listeners) listener();
  }
}
