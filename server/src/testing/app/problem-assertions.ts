import type { TestResponse } from './response.ts';

type Problem = Readonly<Record<'error' | 'message', string>> & { details: Record<'path' | 'code' | 'message', string>[] };

/** @returns what tests compare of an error; throws for a success, and for a body that is not the one of all errors */
export function requireProblem({ status, headers, body, text }: TestResponse) {
  if (status < 400) throw new Error(`not an error: ${text}`);
  const { error, message, details }: Problem = body;
  const isProblem =
    ['application/problem+json', 'application/json'].includes(headers.get('Content-Type') ?? '') &&
    body.type === `urn:private-lending:error:${error.toLowerCase().replaceAll('_', '-')}` &&
    body.status === status &&
    body.success === false &&
    body.detail === message &&
    body.request_id === headers.get('X-Request-Id') &&
    body.retryable === [429, 500, 503].includes(status) &&
    headers.get('Retry-After') === (body.retry_after === undefined ? null : String(body.retry_after)) &&
    (details[0]?.message ?? message) === message;
  if (!isProblem) throw new Error(`not a well-formed problem: ${text}`);
  /** Violated rules: `lenders[1].email DUPLICATE_LENDER`. */
  const problems = details.map(({ path, code }) => `${path} ${code}`);
  return { status, error, problems };
}
