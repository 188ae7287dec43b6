import { randomBytes } from 'node:crypto';

const SPAN_ID = /^[0-9a-f]{16}$/;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Continues the trace of a W3C `traceparent` header under a new span id. Versions above 00 may have further fields.
 * @returns the new `traceparent`; null if the header is missing or malformed
 */
export function continueTrace(header: string | undefined): string | null {
  const [, version = 'ff', traceId = '', parentId = '', flags = '', more] = TRACEPARENT.exec(header ?? '') ?? [];
  const isInvalid = version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(parentId) || (version === '00' && more !== undefined);
  return isInvalid ? null : `00-${traceId}-${newSpanId()}-${flags}`;
}

/**
 * Converts the trace header of AWS X-Ray, `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
 * @returns the `traceparent` of the same span; undefined if the header names no trace
 */
export function traceparentOfXRay(header: string | undefined): string | undefined {
  const members = new Map(
    (header ?? '').split(';').map((member) => [member.split('=', 1)[0]?.trim(), member.replace(/^[^=]*=/, '')]),
  );
  const [, seconds = '', random = ''] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(members.get('Root') ?? '') ?? [];
  if (seconds === '') return undefined;
  const parent = members.get('Parent') ?? '';
  return `00-${seconds}${random}-${SPAN_ID.test(parent) ? parent : newSpanId()}-${members.get('Sampled') === '1' ? '01' : '00'}`;
}

export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1];
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
