import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads W3C trace context. A version above 00 may carry more than is known today.
 * @returns our own place in the caller's trace, to be carried on; null where there is none or it is malformed
 */
export function continueTrace(sent: string | undefined): string | null {
  const [, version = 'ff', traceId = '', parentId = '', flags = '', more] = TRACEPARENT.exec(sent ?? '') ?? [];
  const isNone = version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(parentId) || (version === '00' && more !== undefined);
  return isNone ? null : `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}

export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1];
}
