import type * as z from 'zod';
import { type Problem, refuseIfAny } from '../domain/errors.ts';

/**
 * Reads a request by its schema, or refuses it with everything that is wrong with its form.
 * @param found problems found already, in the request's other parts and by the use case itself
 */
export function readForm<Input>(
  schema: z.ZodType<Input>,
  sent: Readonly<Record<string, unknown>>,
  found: { readonly before: readonly Problem[]; readonly among: readonly Problem[] },
): Input {
  const read = schema.safeParse(sent);
  const amiss = read.success ? [] : read.error.issues.map(toProblem);
  refuseIfAny(amiss.filter(({ code }) => code === 'TOO_MANY_LENDERS').slice(0, 1));
  refuseIfAny([...found.before, ...[...amiss, ...found.among].sort((a, b) => lenderOf(a) - lenderOf(b))]);
  if (!read.success) throw new TypeError('a schema refused without saying why', { cause: read.error });
  return read.data;
}

function toProblem(issue: z.core.$ZodIssue): Problem {
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

/** Puts problems in the order of the request's lenders; what is not about a lender comes first, as it was found. */
function lenderOf({ path }: Problem): number {
  return Number(/^lenders\[(\d+)\]/.exec(path)?.[1] ?? -1);
}
