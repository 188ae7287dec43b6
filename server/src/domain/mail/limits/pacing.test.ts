import { describe, expect, it } from 'vitest';
import { pacedMailsPerDay } from './pacing.ts';
import { NO_ANSWERS } from './sender-answers.ts';

describe('pacedMailsPerDay', () => {
  it.each([
    ['25 for a sender without answers, the size of a large family', {}, 25],
    ['two more for each acceptance', { accepted: 10 }, 45],
    ['two fewer for each decline, opt-out and bounce', { declined: 1, optedOut: 2, bounced: 3 }, 13],
    ['by what is left of both', { accepted: 10, declined: 3 }, 39],
    ['never fewer than 3, so that all mail leaves in the end', { declined: 20, bounced: 100 }, 3],
  ])('is %s', (_, answers, mails) => {
    expect(pacedMailsPerDay({ ...NO_ANSWERS, ...answers })).toBe(mails);
  });

  it('is that of a new sender where no answer is stored', () => {
    expect(pacedMailsPerDay(undefined)).toBe(25);
  });
});
