import type * as z from 'zod';
import { lendersAddedAnswer, loanCreatedAnswer } from '../usecases/shapes.ts';

/* Answers, told to people. */

type Lender = z.output<typeof lendersAddedAnswer>['lenders'][number];

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function printCreated(answer: unknown): void {
  const { loan, lenders } = loanCreatedAnswer.parse(answer);
  const { loan_id, amount, currency, remaining } = loan;
  print(`Loan ${loan_id} of ${amount} ${currency} is open; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

export function printAdded(answer: unknown): void {
  const { lenders_added, lenders, remaining, currency } = lendersAddedAnswer.parse(answer);
  const noun = lenders_added === 1 ? 'lender' : 'lenders';
  print(`${lenders_added} ${noun} invited; ${remaining} ${currency} remain.`, ...lenders.map(lenderLine));
}

function lenderLine({ email, contribution_amount, status, lender_id }: Lender): string {
  return `  ${email.padEnd(32)} ${String(contribution_amount).padStart(14)}  ${status}  ${lender_id}`;
}
