import { parseCurrency } from '@private-lending/locale/currencies';
import * as z from 'zod';
import type { FieldError } from '../../domain/errors.ts';
import { amountError, invite } from '../../domain/invitation.ts';
import type { Loan } from '../../domain/loan.ts';
import { parseAmount, toMinorUnits, ZERO } from '../../domain/money.ts';
import type { Command, UseCaseContext } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { loanCreatedResponse } from '../../schemas/responses.ts';
import { invitationCounterKey, loanCounterKey } from '../../storage/keys.ts';
import { countInvitations, invitationPeriod, toInvitationRequests, validateLenders } from '../lenders/invitation-request.ts';
import { countUsage } from '../usage-limit.ts';

const input = z.object({
  amount: fields.amount,
  currency: fields.currency,
  interest_rate: fields.interestRate,
  term_months: fields.termMonths,
  purpose: fields.purpose,
  lenders: fields.lendersOrNone,
});

type Input = z.output<typeof input>;

export const createLoan: Command<Input> = {
  kind: 'command',
  endpoint: 'CreateLoan',
  summary: 'Posts a loan, optionally with its first lenders, in one transaction. The caller becomes its borrower.',
  input,
  output: loanCreatedResponse,
  success: 201,
  actor: 'borrower',

  validate(members, caller) {
    return [...validateAmount(members), ...validateLenders(members, caller)];
  },

  viewKeys({ input, caller }) {
    const { userId } = caller;
    return [loanCounterKey(userId), ...(input.lenders.length > 0 ? [invitationCounterKey(userId)] : [])];
  },

  authorize() {
    // Any signed-in user may post a loan.
  },

  plan(view, context) {
    const { input, caller, now, ids, rules } = context;
    const created = newLoan(context);
    const requests = toInvitationRequests(input.lenders, (email) => ids.lender(created.loanId, email));
    const { loan, lenders, events } = invite(created, new Map(), requests, invitationPeriod(context));
    const presented = presentLoan(loan, 1);
    const posted = { key: loanCounterKey(caller.userId), period: 'day', unit: 'loans', count: 1, max: rules.loansPerDay } as const;
    return {
      change: { loan, lenders, events: [{ type: 'loan.created' }, ...events] },
      counters: [countUsage(view, posted, now), ...(lenders.length > 0 ? [countInvitations(view, lenders.length, context)] : [])],
      lendersAdded: lenders.length,
      location: `/loans/${loan.loanId}`,
      body: {
        success: true,
        loan: presented,
        lenders_added: lenders.length,
        lenders: lenders.map((lender) => presentLender(loan, lender, now)),
        total_invited: presented.total_invited,
        remaining: presented.remaining,
      },
    };
  },
};

function newLoan({ input, caller, now, ids }: UseCaseContext<Input>): Loan {
  const amount = toMinorUnits(input.amount, input.currency);
  if (amount === undefined) throw new TypeError('an amount that does not fit its currency was not rejected');
  return {
    loanId: ids.loan(),
    borrowerId: caller.userId,
    borrowerEmail: caller.email,
    borrowerName: caller.name,
    amount,
    currency: input.currency,
    interestRate: input.interest_rate,
    termMonths: input.term_months,
    purpose: input.purpose,
    totalInvited: ZERO,
    totalAccepted: ZERO,
    lenderCount: 0,
    acceptedCount: 0,
    status: 'open',
    createdAt: now,
    nextExpiry: null,
  };
}

/** Checks the amount's decimals, as here the request names the currency too. */
function validateAmount({ amount, currency: sent }: Readonly<Record<string, unknown>>): FieldError[] {
  const code = sent ?? fields.CURRENCY_DEFAULT;
  const currency = typeof code === 'string' ? parseCurrency(code) : undefined;
  const parsed = typeof amount === 'string' || typeof amount === 'number' ? parseAmount(amount) : undefined;
  if (!currency || !parsed || toMinorUnits(parsed, currency) !== undefined) return [];
  return [amountError(parsed, currency, 'amount')];
}
