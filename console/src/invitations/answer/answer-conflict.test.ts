import { ConflictError, RateLimitError } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { answerConflict } from './answer-conflict.ts';

const context = { requestId: 'r', attempts: 1, retryable: false, status: 409, body: null } as const;
const conflict = (...details: ConflictError['details']) => new ConflictError('m', { ...context, code: 'CONFLICT', details });

describe('answerConflict', () => {
  it('distinguishes a changed amount, an amount that others have, and an invitation that has ended', () => {
    const details = [
      [{ path: 'contribution_amount', code: 'INVALID', message: 'm' }],
      [{ path: '', code: 'OVER_FUNDING', message: 'm' }],
      [],
    ] as const;
    expect(details.map((each) => answerConflict(conflict(...each)))).toEqual(['amount', 'taken', 'ended']);
  });

  it('is nothing for other errors', () => {
    const tooMany = new RateLimitError('m', { ...context, status: 429, code: 'TOO_MANY_REQUESTS', details: [] });
    expect([undefined, null, new Error('m'), tooMany].map(answerConflict)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
