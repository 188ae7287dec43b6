import * as z from 'zod';
import { conflict, rateLimited } from '../../domain/errors.ts';
import { effectiveStatus } from '../../domain/lender.ts';
import { createOutgoingMail, dayOf } from '../../domain/outgoing-mail.ts';
import type { Command, CommandContext } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentTime } from '../../schemas/presenters.ts';
import { reminderResponse } from '../../schemas/responses.ts';
import { outgoingMailKey } from '../../storage/keys.ts';
import { requireBorrower, requireLender, requireLoan } from '../authorization.ts';
import { viewLender } from './lender-command.ts';

const DAY_MS = 86_400_000;

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId });

type Input = z.output<typeof input>;

export const remindLender: Command<Input> = {
  kind: 'command',
  endpoint: 'RemindLender',
  summary:
    'Sends a pending lender a reminder by e-mail, at most one a UTC day. An address that has reached its daily limit or opted out gets none; the response is the same.',
  input,
  output: reminderResponse,
  success: 202,
  actor: 'borrower',

  view(context) {
    const { loan_id, lender_id } = context.input;
    return [...viewLender(context), ...(loan_id && lender_id ? [outgoingMailKey(reminderId(context))] : [])];
  },

  authorize: requireBorrower,

  plan(view, context) {
    const { input, now } = context;
    const loan = requireLoan(view, input.loan_id).data;
    const lender = requireLender(view, loan.loanId, input.lender_id).data;
    const status = effectiveStatus(loan, lender, now);
    if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be reminded of.`);
    const mailId = reminderId(context);
    const tomorrow = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
    if (view.at(outgoingMailKey(mailId)))
      throw rateLimited(
        `This lender was reminded today. Please retry after ${presentTime(tomorrow)}.`,
        Math.ceil((tomorrow - now) / 1000),
      );
    const { loanId, lenderId, round, email: to } = lender;
    return {
      outgoingMail: createOutgoingMail({ mailId, kind: 'reminder', loanId, lenderId, round, to }, now),
      body: { success: true, lender: presentLender(loan, lender, now), next_reminder_at: presentTime(tomorrow) },
    };
  },
};

/** The same for all reminders to a lender on one day, so that the second one finds the first. */
function reminderId({ input, ids, now }: CommandContext<Input>) {
  return ids.outgoingMail('reminder', input.loan_id ?? null, input.lender_id ?? null, dayOf(now));
}
