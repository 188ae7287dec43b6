import * as z from 'zod';
import { conflict, rateLimited } from '../../domain/errors.ts';
import { effectiveStatus } from '../../domain/lender.ts';
import { createOutgoingMail } from '../../domain/outgoing-mail.ts';
import { periodAt, periodEndAfter, usedIn } from '../../domain/usage-counter.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentTime } from '../../schemas/presenters.ts';
import { reminderResponse } from '../../schemas/responses.ts';
import { reminderCounterKey } from '../../storage/keys.ts';
import { requireBorrower, requireLender, requireLoan } from '../authorization.ts';
import { lenderViewKeys } from './lender-command.ts';

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId });

type Input = z.output<typeof input>;

export const remindLender: Command<Input> = {
  kind: 'command',
  endpoint: 'RemindLender',
  summary:
    'Sends a pending lender a reminder by e-mail, at most one a UTC day. Where the mailbox has had its mails of the day, it goes on the next one; an address that has opted out gets none. The response is the same.',
  input,
  output: reminderResponse,
  success: 202,
  actor: 'borrower',

  viewKeys(context) {
    const { loan_id, lender_id } = context.input;
    return [...lenderViewKeys(context), ...(loan_id && lender_id ? [reminderCounterKey(loan_id, lender_id)] : [])];
  },

  authorize: requireBorrower,

  plan(view, context) {
    const { input, ids, now, rules } = context;
    const loan = requireLoan(view, input.loan_id).data;
    const lender = requireLender(view, loan.loanId, input.lender_id).data;
    const status = effectiveStatus(loan, lender, now);
    if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be reminded of.`);
    const { loanId, lenderId, round, invitedAt, userId, email: to } = lender;
    const { borrowerId } = loan;
    const period = periodAt('day', now);
    const counterKey = reminderCounterKey(loanId, lenderId);
    const tomorrow = periodEndAfter('day', now);
    if (usedIn(period, view.at(counterKey)?.data) > 0)
      throw rateLimited(
        `This lender was reminded today. Please retry after ${presentTime(tomorrow)}.`,
        Math.ceil((tomorrow - now) / 1000),
      );
    const mailId = ids.outgoingMail('reminder', loanId, lenderId, period);
    return {
      counters: [{ key: counterKey, data: { period, count: 1 } }],
      ...(rules.sendsMail && {
        outgoingMail: createOutgoingMail(
          { mailId, kind: 'reminder', loanId, borrowerId, lane: 'hand', lenderId, round, invitedAt, userId, to },
          now,
        ),
      }),
      body: { success: true, lender: presentLender(loan, lender, now), next_reminder_at: presentTime(tomorrow) },
    };
  },
};
