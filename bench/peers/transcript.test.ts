import { describe, expect, it } from 'vitest';
import { anonymize } from './transcript.ts';

const response = (body: object, status = 200, replayed = false) => ({
  status,
  headers: new Headers(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
  body,
});
const error = (code: string, message: string) =>
  response({ error: 'VALIDATION_ERROR', message, retryable: false, request_id: 'r', details: [{ path: 'p', code, message }] }, 400);

describe('anonymize', () => {
  it('is the same for responses that differ in ids and times only', () => {
    const [one, other] = ['a', 'b'].map((id, day) =>
      anonymize([
        response({ loan_id: id, lenders: [{ lender_id: `${id}1`, invited_at: `2026-03-0${day + 1}T10:00:00Z` }] }),
        response({ loan_id: id }),
      ]),
    );
    expect(one).toEqual(other);
  });

  it('differs where an id is not the same as before, or a period is not as long', () => {
    const lender = (id: string, expires: string) =>
      response({ lender_id: id, invited_at: '2026-03-01T10:00:00Z', expires_at: expires });
    const same = anonymize([lender('a', '2026-03-31T10:00:00Z'), lender('a', '2026-03-31T10:00:00Z')]);
    expect(anonymize([lender('a', '2026-03-31T10:00:00Z'), lender('b', '2026-03-31T10:00:00Z')])).not.toEqual(same);
    expect(anonymize([lender('a', '2026-03-31T10:00:00Z'), lender('a', '2026-03-30T10:00:00Z')])).not.toEqual(same);
  });

  it('compares replays, amounts, and the messages that the contract fixes', () => {
    expect(anonymize([response({ amount: 1 }, 200, true)])).not.toEqual(anonymize([response({ amount: 1 })]));
    expect(anonymize([response({ amount: 1 })])).not.toEqual(anonymize([response({ amount: 2 })]));
    expect(anonymize([error('OVER_FUNDING', 'a')])).not.toEqual(anonymize([error('OVER_FUNDING', 'b')]));
    expect(anonymize([error('INVALID', 'a')])).toEqual(anonymize([error('INVALID', 'b')]));
    expect(anonymize([error('INVALID', 'a')])).not.toEqual(anonymize([error('SELF_INVITATION', 'a')]));
  });
});
