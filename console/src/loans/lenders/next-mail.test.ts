import { expect, it } from 'vitest';
import { nextMailAt } from './next-mail.ts';

const invited = { invited_at: '2026-11-27T23:50:00.000Z' };

it('has the next mail wait for the next UTC day on the day of the invitation', () => {
  expect(nextMailAt(invited, Date.parse('2026-11-27T23:59:59Z'))).toBe(Date.parse('2026-11-28T00:00:00Z'));
});

it('knows of no mail of today on a later day', () => {
  expect(nextMailAt(invited, Date.parse('2026-11-28T00:00:00Z'))).toBeUndefined();
});
