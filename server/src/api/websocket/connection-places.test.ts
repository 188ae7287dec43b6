import { expect, it } from 'vitest';
import { NO_ADDRESS } from '../../auth/client-address.ts';
import type { UserId } from '../../domain/ids.ts';
import { ConnectionPlaces } from './connection-places.ts';
import { PLACE_LIMITS } from './limits.ts';

const ANA = 'ana' as UserId;

it('does not count a user who signs in on a connection that has closed meanwhile', () => {
  const places = new ConnectionPlaces({ ...PLACE_LIMITS, perUserMax: 1 });
  const closed = places.take(NO_ADDRESS);
  closed.release();
  closed.admit(ANA);
  const open = places.take(NO_ADDRESS);
  expect(() => open.admit(ANA)).not.toThrow();
});
