import type * as z from 'zod';
import { type FieldError, throwIfInvalid } from '../domain/errors.ts';

/**
 * Reads a request by its schema, or refuses it with everything that is wrong with its form.
 * @param found problems found already, in the request's other parts and by the use case itself
 */
export function validateInput<Input>(
  schema: z.ZodType<Input>,
  sent: Readonly<Record<string, unknown>>,
  found: { readonly before: readonly FieldError[]; readonly among: readonly FieldError[] },
): Input {
  const read = schema.safeParse(sent);
  const amiss = read.success ? [] : read.error.issues.map(toProblem);
  throwIfInvalid(amiss.filter(({ code }) => code === 'TOO_MANY_LENDERS').slice(0, 1));
  throwIfInvalid([...found.before, ...inOrder([...amiss, ...found.among], sent)]);
  if (!read.success) throw new TypeError('a schema refused without saying why', { cause: read.error });
  return read.data;
}

function toProblem(issue: z.core.$ZodIssue): FieldError {
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

/** In the order in which the request names things; what it should name and does not comes behind, as it was found. */
function inOrder(problems: readonly FieldError[], sent: unknown): FieldError[] {
  const placed = problems.map((problem) => ({ problem, place: placeIn(sent, problem.path) }));
  return placed.sort((a, b) => compared(a.place, b.place)).map(({ problem }) => problem);
}

/** Where each step of a path stands among its siblings. */
function placeIn(sent: unknown, path: string): number[] {
  let within = sent;
  return path.split(/[.[\]]+/).map((step) => {
    const members = Object.entries(within ?? {});
    const position = members.findIndex(([name]) => name === step);
    within = members[position]?.[1];
    return position < 0 ? members.length : position;
  });
}

function compared(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((step, index) => step !== b[index]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? -1);
}
