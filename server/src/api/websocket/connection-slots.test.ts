import { expect, it } from 'vitest';
import { NO_ADDRESS } from '../../auth/client-address.ts';
import type { UserId } from '../../domain/ids.ts';
import { ConnectionSlots } from './connection-slots.ts';
import { SLOT_LIMITS } from './limits.ts';

const ANA = 'ana' as UserId;

it('does not count a user who signs in on a connection that has closed meanwhile', () => {
  const slots = new ConnectionSlots({ ...SLOT_LIMITS, perUserMax: 1 });
  const closed = slots.take(NO_ADDRESS);
  closed.release();
  closed.admit(ANA);
  const open = slots.take(NO_ADDRESS);
  expect(() => open.admit(ANA)).not.toThrow();
});
