import * as z from 'zod';
import { LENDER_STATUSES } from '../domain/lender.ts';
import { IMPORT_MODES, IMPORT_STATUSES, ROW_OUTCOMES } from '../domain/lender-import.ts';
import { LOAN_STATUSES } from '../domain/loan.ts';
import { ACTORS, LENDER_EVENT_TYPES, LOAN_EVENT_TYPES } from '../domain/loan-events.ts';

/* What answers are made of: the types of `present.ts`, and the schemas of the reference. */

const money = z.number().meta({ description: 'Major units of the loan’s currency.' });
const time = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC.' });
const count = z.int().min(0);
const success = z.literal(true);
const nextCursor = z.string().nullable().meta({ description: 'Where to go on; null at the end.' });

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

const standing = {
  total_invited: money.meta({ description: 'Contributions of pending and accepted lenders.' }),
  total_accepted: money,
  remaining: money.meta({ description: 'amount − total_invited' }),
  lender_count: count.meta({ description: 'Pending and accepted lenders.' }),
  status: z.enum(LOAN_STATUSES),
  version: z.int().min(1).meta({ description: 'One more with each change of the loan.' }),
};

const terms = {
  amount: money,
  currency: z.string().meta({ description: 'ISO 4217.' }),
  interest_rate: z.number().meta({ description: 'Nominal percent a year.' }),
  term_months: z.int(),
  purpose: z.string().nullable(),
};

export const loanShape = z.object({ loan_id: z.string(), ...terms, ...standing, created_at: time }).meta({ id: 'Loan' });

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
    request_id: z.string().optional().meta({ description: 'Only for the one who acted.' }),
    data: z.object({
      loan: z.object({ ...standing }).meta({ description: 'How the loan stood after the change.' }),
      terms: z.object(terms).optional().meta({ description: 'With `loan.created`.' }),
      lender: lenderShape.optional().meta({ description: 'With `lender.*`.' }),
      import: z
        .object({ import_id: z.string(), rows_total: count, rows_done: count })
        .optional()
        .meta({ description: 'How far the import was that this is of; for the borrower.' }),
    }),
  })
  .meta({ id: 'Event' });

export const importShape = z
  .object({
    import_id: z.string(),
    loan_id: z.string(),
    status: z.enum(IMPORT_STATUSES).meta({
      description:
        '`waiting`: the invitations of this hour are used up, and it goes on by itself at `resumes_at`. `failed`: see `failure`.',
    }),
    mode: z.enum(IMPORT_MODES),
    mode_reason: z.string(),
    dry_run: z.boolean().meta({ description: 'Nobody is invited: it finds out what would become of the rows.' }),
    rows_total: count,
    rows_done: count,
    outcomes: z.object(Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, count]))).meta({
      description: 'How many rows have which outcome; together `rows_total`.',
    }),
    amount_added: money.meta({ description: 'The contributions of the rows that were added, or would be.' }),
    resumes_at: time.nullable(),
    created_at: time,
    ended_at: time.nullable(),
    failure: z.string().nullable().meta({ description: 'Why it has failed, in a sentence.' }),
  })
  .meta({ id: 'Import' });

export const importRowShape = z
  .object({
    row: z.int().min(1).meta({ description: 'Of the rows, from 1; the header and empty lines do not count.' }),
    line: z.int().min(1).meta({ description: 'Of the file, from 1, where the row begins.' }),
    email: z.string().meta({ description: 'As it is compared and shown; as the file has it, where it is no address.' }),
    contribution_amount: z.string().meta({ description: 'In major units; as the file has it, where it is no amount.' }),
    name: z.string().optional(),
    outcome: z.enum(ROW_OUTCOMES).meta({
      description: '`not_added`: the import has ended without it. `would_be_added`: in a dry run.',
    }),
    code: z.string().optional().meta({ description: 'Why it was not added, as in `details` of a refusal.' }),
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
export const eventsResponse = z.object({ success, events: z.array(eventShape), next_cursor: nextCursor });
export const importResponse = z.object({ success, import: importShape });
export const importRowsResponse = z.object({ success, rows: z.array(importRowShape), next_cursor: nextCursor });
