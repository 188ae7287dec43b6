import * as z from 'zod';
import { IMPORT_FAILURE_CODES, IMPORT_MODES, IMPORT_STATUSES, ROW_OUTCOMES } from '../domain/imports/lender-import.ts';
import { LENDER_STATUSES } from '../domain/lender.ts';
import { LOAN_STATUSES } from '../domain/loan.ts';
import { ACTORS, LENDER_EVENT_TYPES, LOAN_EVENT_TYPES } from '../domain/loan-events.ts';

/* Response schemas: the types of `presenters.ts`, and the schemas of the API reference. */

const money = z.number().meta({ description: 'Major units of the loan’s currency.' });
const time = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC.' });
const count = z.int().min(0);
const success = z.literal(true);
const nextCursor = z.string().nullable().meta({ description: 'Cursor of the next page; null at the end.' });
const nextEventCursor = z.string().meta({
  description:
    'Position after this page, never null. A response with the cursor that was sent is the end for now: send it again for later events.',
});

export const lenderShape = z
  .object({
    lender_id: z.string(),
    email: z.string(),
    name: z.string().optional(),
    contribution_amount: money,
    status: z.enum(LENDER_STATUSES),
    invited_at: time,
    expires_at: time,
  })
  .meta({ id: 'Lender' });

const progress = {
  total_invited: money.meta({ description: 'Contributions of pending and accepted lenders.' }),
  total_accepted: money,
  remaining: money.meta({ description: 'amount − total_invited' }),
  lender_count: count.meta({ description: 'Pending and accepted lenders.' }),
  status: z.enum(LOAN_STATUSES),
  version: z.int().min(1).meta({ description: 'Increases by one with each change of the loan.' }),
};

const terms = {
  amount: money,
  currency: z.string().meta({ description: 'ISO 4217.' }),
  interest_rate: z.number().meta({ description: 'Nominal percent a year.' }),
  term_months: z.int(),
  purpose: z.string().nullable(),
};

export const loanShape = z.object({ loan_id: z.string(), ...terms, ...progress, created_at: time }).meta({ id: 'Loan' });

export const invitationShape = lenderShape
  .extend({
    loan_id: z.string(),
    loan: z.object({ ...terms, status: z.enum(LOAN_STATUSES) }),
    borrower: z.object({
      email: z.string().meta({ description: 'Verified by the borrower’s sign-in.' }),
      name: z.string().nullable(),
    }),
  })
  .meta({ id: 'Invitation' });

export const eventShape = z
  .object({
    event_id: z.string(),
    type: z.enum([...LOAN_EVENT_TYPES, ...LENDER_EVENT_TYPES]),
    loan_id: z.string(),
    at: time,
    actor: z.enum(ACTORS),
    request_id: z.string().optional().meta({ description: 'Only visible to the user who acted.' }),
    data: z.object({
      loan: z.object({ ...progress }).meta({ description: 'The loan after the change.' }),
      terms: z.object(terms).optional().meta({ description: 'With `loan.created`.' }),
      lender: lenderShape.optional().meta({ description: 'With `lender.*`.' }),
      import: z
        .object({ import_id: z.string(), rows_total: count, rows_done: count })
        .optional()
        .meta({ description: 'Progress of the import that caused the event; only visible to the borrower.' }),
    }),
  })
  .meta({ id: 'Event' });

export const importShape = z
  .object({
    import_id: z.string(),
    loan_id: z.string(),
    status: z.enum(IMPORT_STATUSES).meta({
      description:
        '`waiting`: the invitations of this hour are used up, and the import resumes by itself at `resumes_at`. `failed`: see `failure`.',
    }),
    mode: z.enum(IMPORT_MODES),
    mode_reason: z.string(),
    dry_run: z.boolean().meta({ description: 'Determines the outcome of each row, but invites nobody.' }),
    rows_total: count,
    rows_done: count,
    outcomes: z.object(Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, count]))).meta({
      description: 'Number of rows by outcome; their sum is `rows_total`.',
    }),
    amount_added: money.meta({ description: 'Sum of the contributions that were added, or would be in a dry run.' }),
    resumes_at: time.nullable().meta({
      description: 'When it continues: while `waiting`, or while `running` if its last step failed unexpectedly and is retried.',
    }),
    created_at: time,
    ended_at: time.nullable(),
    failure: z.string().nullable().meta({ description: 'Why it failed, as a sentence.' }),
    failure_code: z.enum(IMPORT_FAILURE_CODES).nullable().meta({
      description:
        '`LOAN_NOT_OPEN`: the loan ended. `ROWS_NOT_ADDABLE`: a row could not be added, with `all_or_nothing`. `INTERNAL_ERROR`: an unexpected error, after many retries; the operator can resume the import.',
    }),
  })
  .meta({ id: 'Import' });

export const importRowShape = z
  .object({
    row: z.int().min(1).meta({ description: 'Number of the row, from 1, without the header and empty lines.' }),
    line: z.int().min(1).meta({ description: 'Line of the file on which the row begins, from 1.' }),
    email: z.string().meta({ description: 'In canonical form; if invalid, as in the file.' }),
    contribution_amount: z.string().meta({ description: 'In major units; if invalid, as in the file.' }),
    name: z.string().optional(),
    outcome: z.enum(ROW_OUTCOMES).meta({
      description: '`not_added`: the import ended before this row. `would_be_added`: in a dry run.',
    }),
    code: z.string().optional().meta({ description: 'Why it was not added: a code as in the `details` of an error.' }),
    message: z.string().optional(),
    lender_id: z.string().optional(),
  })
  .meta({ id: 'ImportRow' });

export const lendersAddedResponse = z.object({
  success,
  loan_id: z.string(),
  lenders_added: count,
  total_invited: money,
  loan_amount: money,
  remaining: money,
  currency: z.string(),
  lenders: z.array(lenderShape),
});

export const loanCreatedResponse = z.object({
  success,
  loan: loanShape,
  lenders_added: count,
  lenders: z.array(lenderShape),
  total_invited: money,
  remaining: money,
});

export const loanResponse = z.object({ success, loan: loanShape });
export const lenderResponse = z.object({ success, lender: lenderShape, loan: loanShape });
export const reminderResponse = z.object({ success, lender: lenderShape, next_reminder_at: time });
export const invitationResponse = z.object({ success, invitation: invitationShape, loan: loanShape });
export const loansResponse = z.object({ success, loans: z.array(loanShape), next_cursor: nextCursor });
export const lendersResponse = z.object({ success, lenders: z.array(lenderShape), next_cursor: nextCursor });
export const invitationsResponse = z.object({ success, invitations: z.array(invitationShape), next_cursor: nextCursor });
export const eventsResponse = z.object({ success, events: z.array(eventShape), next_cursor: nextEventCursor });
export const importResponse = z.object({ success, import: importShape });
export const importRowsResponse = z.object({ success, rows: z.array(importRowShape), next_cursor: nextCursor });
