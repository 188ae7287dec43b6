import type * as z from 'zod';
import { type FieldError, throwIfInvalid } from '../domain/errors.ts';

/**
 * Validates input by its schema and reports all violations at once, in the order of the request.
 * @param known violations found already: of headers, reported first, and of members, sorted in by position
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
  throwIfInvalid([...(known.headers ?? []), ...inOrder([...violations, ...(known.members ?? [])], sent)]);
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
  const located = violations.map((violation) => ({ violation, position: positionIn(sent, violation.path) }));
  return located.sort((a, b) => comparePositions(a.position, b.position)).map(({ violation }) => violation);
}

/** The index of each step of a path among its siblings. */
function positionIn(sent: unknown, path: string): number[] {
  let container = sent;
  return path.split(/[.[\]]+/).map((step) => {
    const members = Object.entries(container ?? {});
    const position = members.findIndex(([name]) => name === step);
    container = members[position]?.[1];
    return position < 0 ? members.length : position;
  });
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((step, index) => step !== b[index]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? -1);
}
