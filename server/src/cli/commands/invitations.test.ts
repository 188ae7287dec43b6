import { expect, it } from 'vitest';
import { describeState } from './invitations.ts';

it('lending watch says why the connection was lost, and does not let the reason control the terminal', () => {
  const lost = (reason: string) => describeState({ name: 'lost', reason, retryInMs: 1250 }, 'L');
  expect(lost('')).toBe('Connection lost. Trying again in 1.3 s.');
  expect(lost('Sign-in temporarily unavailable.\u001b[2J')).toBe(
    'Connection lost (Sign-in temporarily unavailable.\\u{1b}[2J). Trying again in 1.3 s.',
  );
});
