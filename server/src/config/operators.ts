import * as z from 'zod';
import { type Email, parseEmail } from '../domain/email.ts';
import type { RiskConfig } from './risk.ts';

/* Who is an operator. Nobody is where none of these settings says so. */

export const OPERATOR_CLAIM_DEFAULT = 'roles';

/** The claim of the issuer's tokens that has `operator`, or a list with it. */
export const operatorClaim = z.string().regex(/^\S+$/, { error: 'must be the name of a claim' });

/** Addresses of operators, where users sign in by e-mail or at the local issuer. */
export const operators = z.string().transform((text, context): ReadonlySet<Email> => {
  const addresses = text.split(/[\s,]+/).filter((address) => address !== '');
  const emails = addresses.flatMap((address) => {
    const email = parseEmail(address);
    if (email === undefined) context.addIssue({ code: 'custom', message: `must be e-mail addresses, not "${address}"` });
    return email ?? [];
  });
  if (addresses.length === 0)
    context.addIssue({ code: 'custom', message: 'must be an e-mail address, or several separated by commas' });
  return new Set(emails);
});

interface OperatorSettings {
  readonly RISK: RiskConfig['mode'];
  readonly AUTH_ISSUER?: string | undefined;
  readonly AUTH_OPERATOR_CLAIM?: string | undefined;
  readonly OPERATORS?: ReadonlySet<Email> | undefined;
}

/** Held mail that nobody can release would never leave. A setting that is not used would leave an operator without access, or make one think that access is withdrawn. */
export function operatorProblems({ RISK, AUTH_ISSUER, AUTH_OPERATOR_CLAIM, OPERATORS }: OperatorSettings): string[] {
  return [
    ...(AUTH_OPERATOR_CLAIM !== undefined && AUTH_ISSUER === undefined
      ? ['AUTH_OPERATOR_CLAIM needs AUTH_ISSUER: without it, OPERATORS has the addresses of operators']
      : []),
    ...(OPERATORS !== undefined && AUTH_ISSUER !== undefined
      ? ['OPERATORS is not for users of AUTH_ISSUER: AUTH_OPERATOR_CLAIM names the claim of its operators']
      : []),
    ...(RISK === 'enforce' && OPERATORS === undefined && AUTH_ISSUER === undefined
      ? ['RISK=enforce needs OPERATORS: without them, nobody could release the mail that it holds']
      : []),
  ];
}
