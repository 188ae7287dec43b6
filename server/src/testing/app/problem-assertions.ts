import type { Answer } from './test-app.ts';

export interface Refusal {
  readonly status: number;
  readonly error: string;
  /** Where which rule was broken: `lenders[1].email DUPLICATE_LENDER`. */
  readonly problems: readonly string[];
}

/** What an answer refuses; throws where it refuses nothing, or not in the one form that all refusals have. */
export function requireProblem({ status, headers, body, text }: Answer): Refusal {
  if (status < 400) throw new Error(`nothing was refused: ${text}`);
  const { error, message, details } = body;
  const isWhole =
    ['application/problem+json', 'application/json'].includes(headers.get('Content-Type') ?? '') &&
    body.type === `urn:private-lending:error:${error.toLowerCase().replaceAll('_', '-')}` &&
    body.status === status &&
    body.success === false &&
    body.detail === message &&
    body.request_id === headers.get('X-Request-Id') &&
    body.retryable === [429, 500, 503].includes(status) &&
    headers.get('Retry-After') === (body.retry_after === undefined ? null : String(body.retry_after)) &&
    (details.length === 0 || details[0].message === message);
  if (!isWhole) throw new Error(`a refusal is not of the form that all have: ${text}`);
  return { status, error, problems: details.map((detail: { path: string; code: string }) => `${detail.path} ${detail.code}`) };
}
