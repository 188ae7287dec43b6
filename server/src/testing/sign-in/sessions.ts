import type { SessionId, UserId } from '../../domain/ids.ts';
import { userSessionsKey } from '../../storage/keys.ts';
import type { TestApp } from '../app/test-app.ts';

/** The ids of a user's sessions. */
export async function sessionsOf({ store }: Pick<TestApp, 'store'>, userId: string): Promise<SessionId[]> {
  const [list] = await store.get([userSessionsKey(userId as UserId)]);
  return list?.data.sessions.map(({ sessionId }) => sessionId) ?? [];
}
