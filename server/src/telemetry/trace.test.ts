import { describe, expect, it } from 'vitest';
import { continueTrace, traceparentOfXRay } from './trace.ts';

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';
const TRACE = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

describe('traceparentOfXRay', () => {
  it.each([
    ['sampled', `${ROOT};Parent=${PARENT};Sampled=1`, `00-${TRACE}-${PARENT}-01`],
    ['not sampled', `${ROOT};Parent=${PARENT};Sampled=0`, `00-${TRACE}-${PARENT}-00`],
    ['with an undecided sampling', `${ROOT};Parent=${PARENT};Sampled=?`, `00-${TRACE}-${PARENT}-00`],
    [
      'in another order, with further members',
      `Sampled=1;Lineage=a:1|b:2; Parent=${PARENT};Self=1-2; ${ROOT}`,
      `00-${TRACE}-${PARENT}-01`,
    ],
  ])('converts a header: %s', (_, header, traceparent) => {
    expect(traceparentOfXRay(header)).toBe(traceparent);
  });

  it.each([ROOT, `${ROOT};Parent=;Sampled=0`, `${ROOT};Parent=nobody`])(
    'creates a parent id if the header has none: %s',
    (header) => {
      const traceparent = traceparentOfXRay(header);
      expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
      expect(continueTrace(traceparent)).toContain(TRACE);
    },
  );

  it.each([
    undefined,
    '',
    'Root=',
    'Root=1-5759e988',
    `Root=2-5759e988-bd862e3fe1be46a994272793`,
    `Parent=${PARENT};Sampled=1`,
    'x',
  ])('returns undefined for a header without a trace: %s', (header) => expect(traceparentOfXRay(header)).toBeUndefined());
});
