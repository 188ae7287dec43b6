import type { TestResponse } from '../../server/src/testing/app/response.ts';

/* Responses without what differs from run to run: ids are numbered in order, times are offsets. */

interface Response {
  readonly status: number;
  readonly isReplay: boolean;
  readonly body: unknown;
}

export type Transcript = readonly Response[];

/** Errors whose text is fixed: the others may be put in other words. */
const FIXED_MESSAGES: ReadonlySet<unknown> = new Set(['DUPLICATE_LENDER', 'OVER_FUNDING', 'TOO_MANY_LENDERS']);
const IDS: ReadonlySet<string> = new Set(['loan_id', 'lender_id']);
const DAY_MS = 86_400_000;

export function anonymize(responses: readonly Pick<TestResponse, 'status' | 'headers' | 'body'>[]): Transcript {
  const numbers = new Map<unknown, string>();
  const numberOf = (id: unknown) => {
    const number = numbers.get(id) ?? `id ${numbers.size + 1}`;
    numbers.set(id, number);
    return number;
  };
  return responses.map(({ status, headers, body }) => ({
    status,
    isReplay: headers.get('Idempotency-Replayed') === 'true',
    body: status < 400 ? withoutIdentity(body, numberOf) : errorOf(body),
  }));
}

function withoutIdentity(value: unknown, numberOf: (id: unknown) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutIdentity(item, numberOf));
  if (typeof value !== 'object' || value === null) return value;
  const { invited_at: invitedAt } = Object(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (IDS.has(name)) return [name, numberOf(member)];
      if (name === 'expires_at') return [name, (Date.parse(member) - Date.parse(invitedAt)) / DAY_MS];
      if (name.endsWith('_at')) return [name, Number.isNaN(Date.parse(member)) ? member : 'a time'];
      return [name, withoutIdentity(member, numberOf)];
    }),
  );
}

function errorOf({ error, details, message, retryable }: TestResponse['body']): object {
  const errors: { path: string; code: string }[] = details;
  const isFixed = errors.length > 0 && errors.every(({ code }) => FIXED_MESSAGES.has(code));
  return { error, retryable, details: errors.map(({ path, code }) => ({ path, code })), ...(isFixed && { message }) };
}
