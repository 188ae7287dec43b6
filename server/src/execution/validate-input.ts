import type * as z from 'zod';
import { type FieldError, throwIfInvalid } from '../domain/errors.ts';

/** Violations in one error. A request with more of them is broken as a whole. */
const VIOLATIONS_MAX = 100;

/**
 * Validates input by its schema and reports all violations at once, in the order of the request: the first 100.
 * @param known violations found already: of headers and query, reported first, and of members, sorted in by position
 * @throws DomainError `VALIDATION_ERROR`
 */
export function validateInput<Input>(
  schema: z.ZodType<Input>,
  sent: Readonly<Record<string, unknown>>,
  known: { readonly headers?: readonly FieldError[]; readonly members?: readonly FieldError[] } = {},
): Input {
  const parsed = schema.safeParse(sent);
  const violations = parsed.success ? [] : parsed.error.issues.map(toFieldError);
  throwIfInvalid(violations.filter(({ code }) => code === 'TOO_MANY_LENDERS').slice(0, 1));
  const members = inOrder([...violations, ...(known.members ?? [])], sent);
  throwIfInvalid([...(known.headers ?? []), ...members].slice(0, VIOLATIONS_MAX));
  if (!parsed.success) throw new TypeError('a schema rejected its input without an issue', { cause: parsed.error });
  return parsed.data;
}

function toFieldError(issue: z.core.$ZodIssue): FieldError {
  const path = pathText(issue.path);
  if (issue.code === 'too_big' && issue.origin === 'array') return { path, code: 'TOO_MANY_LENDERS', message: issue.message };
  return { path, code: 'INVALID', message: `${path} ${issue.message}.` };
}

/** `['lenders', 1, 'email']` is `lenders[1].email`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** Sorts by position in the request. Missing members come last, in the order in which they were found. */
function inOrder(violations: readonly FieldError[], sent: unknown): FieldError[] {
  if (violations.length < 2) return [...violations];
  const positionOf = positionsIn(sent);
  const located = violations.map((violation) => ({ violation, position: positionOf(violation.path) }));
  return located.sort((a, b) => comparePositions(a.position, b.position)).map(({ violation }) => violation);
}

/** @returns a function for the index of each step of a path among its siblings, which lists the members of a container once */
function positionsIn(sent: unknown): (path: string) => number[] {
  const listed = new Map<unknown, ReadonlyMap<string, readonly [position: number, member: unknown]>>();
  const membersOf = (container: unknown) => {
    const known = listed.get(container);
    if (known) return known;
    const entries = Object.entries(container ?? {});
    const members = new Map(entries.map(([name, member], position) => [name, [position, member] as const]));
    listed.set(container, members);
    return members;
  };
  return (path) => {
    let container = sent;
    return path.split(/[.[\]]+/).map((step) => {
      const members = membersOf(container);
      const [position = members.size, member] = members.get(step) ?? [];
      container = member;
      return position;
    });
  };
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((step, index) => step !== b[index]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? -1);
}
