import { ValidationError } from '@private-lending/client';

/**
 * Why a code does not sign in. `wrong`: a try is used up, and another code may be right. `ended`: the code was used, has expired, or has
 * no tries left. Undefined for other errors, such as of the connection: the same code may succeed later.
 */
export type CodeProblem = 'ended' | 'wrong' | undefined;

export function codeProblem(error: unknown): CodeProblem {
  const paths = error instanceof ValidationError ? error.details.map(({ path }) => path) : [];
  if (paths.includes('challenge')) return 'ended';
  return paths.includes('code') ? 'wrong' : undefined;
}
