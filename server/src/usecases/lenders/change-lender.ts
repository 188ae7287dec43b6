import * as z from 'zod';
import { changeContribution } from '../../domain/invitation.ts';
import type { Rules } from '../../execution/services.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { lenderResponse } from '../../schemas/responses.ts';
import { changeCounterKey } from '../../storage/keys.ts';
import { requireBorrower } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import { countUsage } from '../usage-limit.ts';
import { lenderViewKeys, planLenderChange } from './lender-command.ts';

/** Changes of amounts that one borrower may make in a UTC clock hour: each is an event for good. */
const CHANGES_PER_HOUR_MIN = 1000;

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId, contribution_amount: fields.amount });

export const changeLender: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'ChangeLender',
  summary:
    'Changes the amount of a pending lender, who gets a mail about it. The amount may use what remains of the loan. Once the lender has answered, it is a conflict.',
  input,
  output: lenderResponse,
  success: 200,
  actor: 'borrower',

  viewKeys(context) {
    return [...lenderViewKeys(context), changeCounterKey(context.caller.userId)];
  },

  recover: expireWhenOverFunded,
  authorize: requireBorrower,

  plan(view, context) {
    const { input, caller, now, rules } = context;
    const plan = planLenderChange(view, context, (loan, lender) =>
      changeContribution(loan, lender, input.contribution_amount, now),
    );
    if (!plan.change) return plan;
    const changes = {
      key: changeCounterKey(caller.userId),
      period: 'hour',
      unit: 'changes',
      count: 1,
      max: changesPerHour(rules),
    } as const;
    return { ...plan, counters: [countUsage(view, changes, now)] };
  },
};

/** A borrower who may invite more lenders than that may correct as many. */
function changesPerHour({ invitesPerHour }: Rules): number {
  return Math.max(CHANGES_PER_HOUR_MIN, invitesPerHour);
}
